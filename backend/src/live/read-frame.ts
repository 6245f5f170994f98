import { AppError, errorCodes } from '@roundtable/common/errors'
import type { z } from 'zod'

/**
 * A client's frame, checked.
 * @throws AppError 4000 when it is no JSON text, 4001 naming the field that is wrong
 */
export function readFrame<S extends z.ZodType>(schema: S, data: Buffer, isBinary: boolean): z.output<S> {
  if (isBinary) throw new AppError(errorCodes.malformed, 'send JSON as text, not as binary frames')
  const frame = schema.safeParse(parseJson(data))
  if (frame.success) return frame.data
  const [issue] = frame.error.issues
  const field = issue?.path.join('.')
  const message = issue?.message ?? 'malformed'
  throw new AppError(errorCodes.field, field ? `${field}: ${message}` : message)
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString())
  } catch {
    throw new AppError(errorCodes.malformed, 'this frame is not valid JSON')
  }
}
