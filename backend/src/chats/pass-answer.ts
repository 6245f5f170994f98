import { servedByHeader } from '@roundtable/common/dialogue-wire'
import type { FastifyReply } from 'fastify'
import type { NodeAnswer } from '../balancing/node-answer.ts'

/** Answers what the node answered. The body goes out as it came in: parsing it here would only cost. */
export function passAnswer(reply: FastifyReply, answer: NodeAnswer): FastifyReply {
  return reply
    .code(answer.status)
    .header(servedByHeader, answer.servedBy)
    .type('application/json; charset=utf-8')
    .send(answer.body)
}

/** The query of a path; what is undefined is left out. */
export function queryOf(fields: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) search.set(name, String(value))
  return search.toString()
}
