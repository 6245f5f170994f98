import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { endWithError, toAppError } from '@roundtable/common/error-mapper'
import { AppError, errorCodes } from '@roundtable/common/errors'
import { bodyLimit } from '@roundtable/common/http-server'
import type { FastifyInstance, HTTPMethods } from 'fastify'

const bodyTimeoutMs = 10_000
const notPassedOn = new Set(['connection', 'upgrade', 'http2-settings'])

/**
 * Answers a request that offered an upgrade which is not taken, as if it had not: some clients offer HTTP/2 with their
 * first request (RFC 9110, 7.8: a server may go on as before). Node reads no HTTP any more after such an offer, so the
 * connection is ended after the answer.
 */
export async function declineUpgrade(
  app: FastifyInstance,
  request: IncomingMessage,
  tcp: Socket,
  head: Buffer,
): Promise<void> {
  tcp.on('error', () => tcp.destroy())
  try {
    const payload = await readBody(request, tcp, head)
    const { method = 'GET', url = '/', headers } = request
    const answer = await app.inject({
      method: method as HTTPMethods,
      url,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !notPassedOn.has(name))),
      remoteAddress: tcp.remoteAddress ?? '',
      ...(payload.length > 0 ? { payload } : {}),
    })
    const lines = Object.entries(answer.headers)
      .filter(([name]) => name !== 'connection' && name !== 'transfer-encoding' && name !== 'content-length')
      .flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}`))
    const { statusCode, rawPayload } = answer
    tcp.write(
      [
        `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
        ...lines,
        `content-length: ${rawPayload.length}`,
        'connection: close',
        '\r\n',
      ].join('\r\n'),
    )
    tcp.end(rawPayload)
  } catch (error) {
    endWithError(toAppError(error), tcp)
  }
}

/** @throws AppError 4000 when the length is not given, 4080 when it does not come, 4130 */
async function readBody({ headers }: IncomingMessage, tcp: Socket, head: Buffer): Promise<Buffer> {
  if (headers['transfer-encoding'] !== undefined) {
    throw new AppError(errorCodes.malformed, 'send this request without an Upgrade header')
  }
  const length = Number(headers['content-length'] ?? 0)
  if (length > bodyLimit) throw new AppError(errorCodes.tooLarge, 'the body is too large')
  const chunks = [head]
  let received = head.length
  if (received < length) {
    tcp.setTimeout(bodyTimeoutMs, () => tcp.destroy())
    for await (const chunk of tcp.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk)
      received += chunk.length
      if (received >= length) break
    }
  }
  if (received < length) throw new AppError(errorCodes.tooSlow, 'the request did not come in time')
  return Buffer.concat(chunks).subarray(0, length)
}
