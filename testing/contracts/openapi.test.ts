import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { apiVersion } from '@roundtable/common/api-version'
import { Validator } from '@seriousme/openapi-schema-validator'
import { startBackend, temporaryFolder } from '../../backend/src/app.test-support.ts'
import { repositoryRoot } from '../servers/repository-root.ts'

interface Operation {
  summary?: string
  tags?: string[]
  security?: object[]
  responses: Record<string, { description?: string; content?: Record<string, { schema: { $ref?: string } }> }>
}
interface Description {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: object }
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
let description: Description
let operations: [string, Operation][]
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({ path: `${folder.path}/users.db` })
  description = (await backend.app.inject({ url: '/v1/openapi.json' })).json()
  operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  )
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate({ ...description })
  expect(result).toEqual({ valid: true })
  expect(description.openapi).toBe('3.1.0')
})

test('every route of the contract is in it', () => {
  expect(operations.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'post /v1/auth/sign-up',
      'post /v1/auth/sign-in',
      'post /v1/auth/sign-out',
      'put /v1/auth/password',
      'get /v1/users',
      'get /v1/users/search',
      'get /v1/users/me',
      'put /v1/users/me',
      'delete /v1/users/me',
      'get /v1/users/{id}',
      'get /v1/friends',
      'post /v1/friends/{id}',
      'delete /v1/friends/{id}',
      'get /v1/blocks',
      'post /v1/blocks/{id}',
      'delete /v1/blocks/{id}',
      'get /v1/news',
      'post /v1/news',
      'post /v1/chats',
      'get /v1/chats',
      'get /v1/chats/{cid}',
      'put /v1/chats/{cid}',
      'post /v1/chats/{cid}/messages',
      'get /v1/chats/{cid}/messages',
      'put /v1/chats/{cid}/messages/{id}',
      'delete /v1/chats/{cid}/messages/{id}',
      'get /v1/chats/{cid}/messages/search',
      'get /v1/messages/search',
      'post /v1/chats/{cid}/read',
      'get /v1/chats/{cid}/read',
      'post /v1/chats/{cid}/members',
      'delete /v1/chats/{cid}/members/{uid}',
      'post /v1/chats/{cid}/leave',
    ]),
  )
})

test('every route tells what it is for, what it answers, how it refuses, and whether it takes a token', () => {
  const open = ['post /v1/auth/sign-up', 'post /v1/auth/sign-in']
  for (const [name, operation] of operations) {
    expect(`${name}: ${operation.summary}`).not.toContain('undefined')
    expect(operation.tags).toHaveLength(1)
    if (!name.includes('/v1/')) continue
    const answers = Object.keys(operation.responses)
    expect(answers.some((status) => status.startsWith('2'))).toBe(true)
    for (const status of ['4XX', '5XX']) {
      const refusal = operation.responses[status]?.content?.['application/json']?.schema.$ref
      expect(`${name} ${refusal}`).toBe(`${name} #/components/schemas/Error`)
    }
    expect(`${name} ${operation.security?.length ?? 0}`).toBe(`${name} ${open.includes(name) ? 0 : 1}`)
  }
})

test('what nginx answers itself tells the same version', async () => {
  const config = await readFile(join(repositoryRoot, 'deployment', 'nginx', 'nginx.conf'), 'utf8')
  const versions = [...config.matchAll(/X-Api-Version (\S+)/g)].map(([, version]) => version)
  expect(versions).toEqual([apiVersion, apiVersion])
})

test('it names no schema that nothing uses', () => {
  const text = JSON.stringify(description)
  const names = Object.keys(description.components.schemas)
  expect(names).toEqual(expect.arrayContaining(['Error', 'Token', 'User', 'UserList']))
  expect(names.filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([])
})

/** What the generator of types writes around the names of the document. */
const frame =
  /^(parameters|query|header|headers|path|cookie|requestBody|responses|content|get|put|post|delete|options|head|patch|trace|schemas|requestBodies|pathItems)$/

/** Names of paths, schemas, properties, parameters, answers and content types, wherever they are. */
function namesOf(part: unknown, names = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return names
  for (const [key, value] of Object.entries(part)) {
    if (['paths', 'schemas', 'properties', 'responses', 'content'].includes(key) && !Array.isArray(value)) {
      for (const name of Object.keys(value)) names.add(name)
    }
    if (key === 'in' && 'name' in part) names.add(String(part.name))
    namesOf(value, names)
  }
  return names
}

test('the types of the page name what the document names: npm run types -w frontend makes them', async () => {
  const types = await readFile(join(repositoryRoot, 'frontend/src/api/schema.ts'), 'utf8')
  const written = [...types.matchAll(/^\s*(?:'([^']+)'|(\w+))\??:\s/gm)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  const sorted = (names: Iterable<string>) => [...new Set(names)].filter((name) => !frame.test(name)).sort()
  const { paths, components } = description
  expect(sorted(written)).toEqual(sorted(namesOf({ paths, components })))
})
