import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
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
  const known =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new AppError(errorCodes.headersTooLarge, 'the headers are too large')
      : new AppError(errorCodes.malformed, 'this is not a valid HTTP request')
  const body = JSON.stringify(known.body)
  socket.end(
    `HTTP/1.1 ${known.status} ${known.status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
