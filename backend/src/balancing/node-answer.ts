import { type ErrorBody, errorCodes } from '@roundtable/common/errors'
import { AttemptTimeout, type Outcome } from './attempt.ts'

/** A node's answer, its body as it came. */
export interface NodeAnswer {
  status: number
  body: Buffer
  /** SERVICE_ID of the node that answered. */
  servedBy: string
}

/** What an outcome means for the request and for the node. */
export type Verdict =
  | { kind: 'good'; answer: NodeAnswer }
  /** The node answered, but not as a healthy one would; `stored` tells whether a write may have happened. */
  | { kind: 'wrong'; why: string; stored: 'no' | 'maybe'; error: ErrorBody | undefined }
  /** No answer came: the connection failed, or the answer was `late`. */
  | { kind: 'silent'; why: string; sent: boolean; late: boolean }

/** Judges one outcome by its status, its headers and the edges of its body; the body itself is passed on unparsed. */
export function judge(outcome: Outcome): Verdict {
  if (outcome.kind === 'failure') {
    const code = (outcome.error as NodeJS.ErrnoException).code ?? outcome.error.message
    return { kind: 'silent', why: code, sent: outcome.sent, late: outcome.error instanceof AttemptTimeout }
  }
  const { status, headers, body } = outcome
  const servedBy = headers['x-served-by']
  if (typeof servedBy !== 'string' || !looksLikeOurs(headers['content-type'], body)) {
    return {
      kind: 'wrong',
      why: `unreadable answer with status ${status}`,
      stored: 'maybe',
      error: undefined,
    }
  }
  // It is our token that the node refuses, not the user's: another node may take it.
  if (status === 401) return { kind: 'wrong', why: 'refused our token', stored: 'no', error: undefined }
  if (status < 500) return { kind: 'good', answer: { status, body, servedBy } }
  const error = readError(body)
  const stored = error?.code === errorCodes.storeAway ? 'no' : 'maybe'
  return { kind: 'wrong', why: `answered ${error?.code ?? status}`, stored, error }
}

/** Whether the node wants no further request on this connection: with each answer, once it drains. */
export function endsConnection(outcome: Outcome): boolean {
  return outcome.kind === 'answer' && outcome.headers.connection === 'close'
}

const start = Buffer.from('{"object":"')
const closingBrace = '}'.charCodeAt(0)

function looksLikeOurs(contentType: string | undefined, body: Buffer): boolean {
  return (
    contentType?.startsWith('application/json') === true &&
    body.length > start.length &&
    body[body.length - 1] === closingBrace &&
    body.compare(start, 0, start.length, 0, start.length) === 0
  )
}

function readError(body: Buffer): ErrorBody | undefined {
  try {
    const error = JSON.parse(body.toString()) as Partial<ErrorBody>
    return typeof error.code === 'number' && typeof error.message === 'string'
      ? { object: 'error', code: error.code, message: error.message }
      : undefined
  } catch {
    return undefined
  }
}
