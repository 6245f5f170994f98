import { AppError, errorCodes } from '@roundtable/common/errors'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ErrorObject } from './api-schemas.ts'
import type { ServiceState } from './app.ts'
import type { UsersStore } from './users/store.ts'

const HealthObject = z.object({ object: z.literal('health'), status: z.literal('ok') })
const tags = ['service']

export interface HealthRoutesOptions {
  users: Pick<UsersStore, 'ping'>
  state: ServiceState
}

/** What those ask who watch the service. */
export const healthRoutes: FastifyPluginAsyncZod<HealthRoutesOptions> = async (app, { users, state }) => {
  app.get(
    '/health/live',
    { schema: { summary: 'The process runs', tags, response: { 200: HealthObject } } },
    async () => ({ object: 'health' as const, status: 'ok' as const }),
  )

  app.get(
    '/health/ready',
    {
      schema: {
        summary: 'The service can serve; if not, why not',
        tags,
        response: { 200: HealthObject, 503: ErrorObject },
      },
    },
    async () => {
      if (state.draining) throw new AppError(errorCodes.nobodyServes, 'this backend is shutting down')
      await users.ping()
      return { object: 'health' as const, status: 'ok' as const }
    },
  )
}
