import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startBackend, temporaryFolder } from '../../backend/src/app.test-support.ts'
import { repositoryRoot } from '../servers/repository-root.ts'

/** What the generator writes around the names of the document. */
const frame =
  /^(parameters|query|header|headers|path|cookie|requestBody|responses|content|get|put|post|delete|options|head|patch|trace|schemas|requestBodies|pathItems)$/

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({ path: `${folder.path}/users.db` })
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

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

test('the types of the page are those of the document: npm run types -w frontend makes them', async () => {
  const document = (await backend.app.inject({ url: '/v1/openapi.json' })).json()
  const types = await readFile(join(repositoryRoot, 'frontend/src/api/schema.ts'), 'utf8')
  const written = [...types.matchAll(/^\s*(?:'([^']+)'|(\w+))\??:\s/gm)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  const sorted = (names: Iterable<string>) => [...new Set(names)].filter((name) => !frame.test(name)).sort()
  expect(sorted(written)).toEqual(sorted(namesOf({ paths: document.paths, components: document.components })))
})
