import { AppError, errorCodes } from '@roundtable/common/errors'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ErrorObject } from './api-schemas.ts'
import type { DialogueClient } from './balancing/dialogue-client.ts'
import type { ServiceState } from './service-state.ts'
import type { UsersStore } from './users/store.ts'

const HealthObject = z.object({ object: z.literal('health'), status: z.literal('ok') })
const ReadyObject = HealthObject.extend({ dialogueNodes: z.int().describe('nodes that requests may go to') })
const tags = ['service']

export interface HealthRoutesOptions {
  users: Pick<UsersStore, 'ping'>
  state: ServiceState
  dialogue: Pick<DialogueClient, 'eligibleNodes'>
  /** Why what happens does not arrive here; undefined while it does. */
  live: { readonly trouble: string | undefined }
}

/** What those ask who watch the service. */
export const healthRoutes: FastifyPluginAsyncZod<HealthRoutesOptions> = async (app, options) => {
  const { users, state, dialogue, live } = options

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
        response: { 200: ReadyObject, 503: ErrorObject },
      },
    },
    async () => {
      if (state.draining) throw new AppError(errorCodes.nobodyServes, 'this backend is shutting down')
      await users.ping()
      if (live.trouble !== undefined) throw new AppError(errorCodes.nobodyServes, live.trouble)
      return { object: 'health' as const, status: 'ok' as const, dialogueNodes: dialogue.eligibleNodes }
    },
  )
}
