import { expect, test } from '@jest/globals'
import { createHttpServer } from '@roundtable/common/http-server'
import { createLogger } from '@roundtable/common/logger'
import { openDatabase } from './database/open-database.ts'
import { healthRoutes } from './health-routes.ts'
import { createSqlUsersStore } from './users/sql-users-store.ts'

test('not ready while the store is away, and it says so; alive all the same', async () => {
  // Nothing listens on port 1.
  const server = { host: '127.0.0.1', port: 1, user: 'u', password: 'p', database: 'd' }
  const database = openDatabase({ kind: 'mysql', ...server })
  const app = createHttpServer({ logger: createLogger('test').child({}, { level: 'silent' }) })
  const options = {
    users: createSqlUsersStore(database),
    state: { draining: false },
    dialogue: { eligibleNodes: 1 },
    live: { trouble: undefined },
  }
  app.register(healthRoutes, options)
  const answer = await app.inject({ url: '/health/ready' })
  expect(answer.statusCode).toBe(503)
  expect(answer.json()).toEqual({
    object: 'error',
    code: 5032,
    message: expect.stringMatching(/store is away/),
  })
  expect(answer.body).not.toMatch(/127\.0\.0\.1|ECONN/)
  expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200)
  await app.close()
  await database.destroy()
})

test('not ready while what happens does not arrive, and it says why', async () => {
  const app = createHttpServer({ logger: createLogger('test').child({}, { level: 'silent' }) })
  const live: { trouble: string | undefined } = { trouble: 'no events of chatEvents arrive' }
  const users = { ping: async () => {} }
  app.register(healthRoutes, { users, state: { draining: false }, dialogue: { eligibleNodes: 1 }, live })
  const answer = await app.inject({ url: '/health/ready' })
  expect(answer.statusCode).toBe(503)
  expect(answer.json()).toEqual({ object: 'error', code: 5030, message: live.trouble })
  live.trouble = undefined
  expect((await app.inject({ url: '/health/ready' })).statusCode).toBe(200)
  await app.close()
})
