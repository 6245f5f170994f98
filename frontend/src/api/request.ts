/** A request that did not do what was asked. `message` is fit to be shown. */
export class ApiError extends Error {
  /** The API's code, whose first three digits are the HTTP status; 0 when no answer came. */
  readonly code: number
  /** How long the API asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(code: number, message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }

  /** The same request may do better later: no answer, our fault, or too many at once. */
  get isPassing(): boolean {
    return this.code === 0 || this.code >= 5000 || Math.floor(this.code / 10) === 429
  }

  /** The token is no longer good. */
  get endsSession(): boolean {
    return this.code === 4010 || this.code === 4011
  }
}

export interface RequestOptions {
  token?: string
  body?: unknown
  /** Idempotency-Key: the same key sent again does the same thing only once. */
  key?: string
  signal?: AbortSignal
}

const timeoutMs = 15_000

/**
 * Asks the API on this page's own origin.
 * @throws ApiError for every answer but a good one, and when none came in time
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  if (options.key !== undefined) headers['idempotency-key'] = options.key
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  const timeout = AbortSignal.timeout(timeoutMs)
  let response: Response
  let body: unknown
  try {
    response = await fetch(`/v1${path}`, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    })
    const text = await response.text()
    body = text === '' ? undefined : parseJson(text)
  } catch {
    throw new ApiError(0, 'The server cannot be reached. Check your connection.')
  }
  if (!response.ok) throw toApiError(response, body)
  return body as T
}

function toApiError(response: Response, body: unknown): ApiError {
  const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(retryAfterS) ? retryAfterS * 1000 : undefined
  if (typeof body === 'object' && body !== null && 'code' in body && 'message' in body) {
    return new ApiError(Number(body.code), String(body.message), retryAfterMs)
  }
  // Not the API but something before it has answered.
  return new ApiError(response.status * 10, 'The server cannot answer just now.', retryAfterMs)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
