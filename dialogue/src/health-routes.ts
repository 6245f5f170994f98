import type { Ping } from '@roundtable/common/dialogue-wire'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { FastifyPluginCallback } from 'fastify'
import type { DialogueNode } from './dialogue-node.ts'
import type { DialogueStore } from './dialogue-store.ts'

export interface HealthRoutesOptions {
  node: DialogueNode
  store: Pick<DialogueStore, 'ping'>
}

/** What those ask who watch the node. None of it needs the token. */
export const healthRoutes: FastifyPluginCallback<HealthRoutesOptions> = (app, { node, store }, done) => {
  app.get('/ping', async (_request, reply): Promise<Ping> => {
    // Never the store's health: were it part of this, a store that is away would empty the list of nodes.
    reply.code(node.status === 'ok' ? 200 : 503)
    return { object: 'ping', id: node.id, instance: node.instance, status: node.status }
  })

  app.get('/health/live', async () => ({ object: 'health', status: 'ok' }))

  app.get('/health/ready', async () => {
    await store.ping()
    // While it warms up, or serves on for those who have not heard yet, nobody new should come.
    if (node.status !== 'ok') throw new AppError(errorCodes.nobodyServes, `the node is ${node.status}`)
    return { object: 'health', status: 'ok' }
  })
  done()
}
