import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { readEnv } from './read-env.ts'

const schema = z.object({
  NAME: z.string({ error: 'a name of the service' }),
  PORT: z.coerce.number({ error: 'a port number' }).int().default(8080),
})

test('reads what is there and fills in what has a default', () => {
  expect(readEnv(schema, { NAME: 'a', PORT: '' })).toEqual({ NAME: 'a', PORT: 8080 })
})

test('names the variable that is missing, also when it is set but empty', () => {
  expect(() => readEnv(schema, {})).toThrow('NAME is missing: a name of the service')
  expect(() => readEnv(schema, { NAME: '' })).toThrow('NAME is missing')
})

test('names the variable that is malformed', () => {
  expect(() => readEnv(schema, { NAME: 'a', PORT: 'http' })).toThrow('PORT is malformed: a port number')
})
