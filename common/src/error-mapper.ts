import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { apiVersion } from './api-version.ts'
import { AppError, errorCodes } from './errors.ts'

/** What a caller is told of any failure. What is not known to be fit for telling becomes 5000. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issue = error.validation[0]
    const field = issue?.instancePath.replace(/^\//, '').replaceAll('/', '.')
    const message = issue?.message ?? 'malformed'
    return new AppError(errorCodes.field, field ? `${field}: ${message}` : message, { cause: error })
  }
  const code = (error as Partial<FastifyError> | undefined)?.code
  const status = (error as Partial<FastifyError> | undefined)?.statusCode
  if (status === 413) return new AppError(errorCodes.tooLarge, 'the body is too large', { cause: error })
  if (status === 415)
    return new AppError(errorCodes.mediaType, 'send the body as application/json', { cause: error })
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return new AppError(errorCodes.malformed, 'the body is empty', { cause: error })
  if (code === 'FST_ERR_BAD_URL')
    return new AppError(errorCodes.malformed, 'the address is malformed', { cause: error })
  if (status !== undefined && status >= 400 && status < 500) {
    return new AppError(errorCodes.malformed, 'the request is malformed: send valid JSON', { cause: error })
  }
  return new AppError(errorCodes.internal, 'something went wrong on our side', { cause: error })
}

/** Answers any error with the error object, and logs it once. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toAppError(error)
  if (known.status >= 500) {
    request.log.error({ code: known.code, err: known.cause ?? known }, known.message)
  } else {
    request.log.info({ code: known.code }, known.message)
  }
  if (known.retryAfterS !== undefined) reply.header('retry-after', String(known.retryAfterS))
  void reply.code(known.status).send(known.body)
}

/** Answers what is no HTTP at all, before any route exists for it. */
export function rejectBadConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  endWithError(toConnectionError(error.code), socket)
}

/** Answers with the error object on a connection that no Fastify reply exists for, and ends it. */
export function endWithError(known: AppError, socket: Socket): void {
  const body = JSON.stringify(known.body)
  const headers = [
    `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-api-version: ${apiVersion}`,
    `x-request-id: ${randomUUID()}`,
    ...(known.retryAfterS === undefined ? [] : [`retry-after: ${known.retryAfterS}`]),
    'connection: close',
  ]
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

function toConnectionError(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AppError(errorCodes.headersTooLarge, 'the headers are too large')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AppError(errorCodes.tooSlow, 'the request did not come in time')
  return new AppError(errorCodes.malformed, 'this is not a valid HTTP request')
}
