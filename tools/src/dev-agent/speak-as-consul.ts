import type { Logger } from '@roundtable/common/logger'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Refusal } from './refusal.ts'

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS']

/** Consul's manners: any body is JSON, whatever its content type says; errors are plain text. */
export function speakAsConsul(app: FastifyInstance, logger: Logger): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => {
    if (body === '') return undefined
    try {
      return JSON.parse(body) as unknown
    } catch (error) {
      throw new Refusal(400, `Request decode failed: ${error instanceof Error ? error.message : error}`)
    }
  })
  app.setNotFoundHandler((_request, reply) => sendText(reply, 404, 'this agent has nothing at this address'))
  app.setErrorHandler((error, _request, reply) => {
    const status =
      error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
        ? error.statusCode
        : 500
    if (status === 500) logger.error({ err: error }, 'a request failed')
    sendText(reply, status, error instanceof Error ? error.message : String(error))
  })
}

/** Declares routes; at each of their addresses any other method is answered with 405. */
export function withOtherMethodsRefused(app: FastifyInstance, declare: () => void): void {
  const declared: { url: string; method: string | string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    declared.push({ url, method })
  })
  declare()
  for (const { url, method } of [...declared]) {
    app.route({
      method: methods.filter((other) => ![method].flat().includes(other)),
      url,
      handler: (request, reply) =>
        sendText(reply.header('allow', String(method)), 405, `method ${request.method} not allowed`),
    })
  }
}

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json').send(`${JSON.stringify(value, null, 4)}\n`)
}

export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text)
}
