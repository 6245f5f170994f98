import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DialogueClient } from './dialogue-client.ts'
import type { NodeList } from './node-list.ts'
import { describeTopology } from './topology.ts'

const Node = z.object({
  id: z.string().describe('SERVICE_ID'),
  address: z.string(),
  instance: z.string().describe('differs with each start of the node'),
  state: z.enum(['healthy', 'suspect', 'ejected', 'draining']),
  sinceMs: z.number().describe('how long it has been in this state'),
  why: z.string().optional().describe('what brought it there, unless it is healthy'),
  listed: z
    .boolean()
    .describe('false: the registry no longer lists it, and it stays as long as it answers itself'),
  requests: z.int().describe('attempts since it joined the list'),
  failures: z.int().describe('attempts that it did not answer, or wrongly'),
  retries: z.int().describe('attempts that had failed on another node before'),
})

const Topology = z.object({
  object: z.literal('topology'),
  nodes: z.array(Node),
  retryBudgetLeft: z.int().describe('retries of sent requests that may be made at once'),
  registryAgeMs: z.number().optional().describe('since the registry last answered; not there before it has'),
})

export interface TopologyRoutesOptions {
  nodes: NodeList
  dialogue: Pick<DialogueClient, 'retryBudgetLeft'>
}

/** The nodes as this backend sees them now. */
export const topologyRoutes: FastifyPluginAsyncZod<TopologyRoutesOptions> = async (
  app,
  { nodes, dialogue },
) => {
  app.get(
    '/topology',
    { schema: { summary: 'The dialogue nodes as this backend sees them', response: { 200: Topology } } },
    async () => describeTopology(nodes, dialogue.retryBudgetLeft, performance.now()),
  )
}
