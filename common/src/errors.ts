/** The error object of the API, as every service answers it. */
export interface ErrorBody {
  object: 'error'
  code: number
  message: string
}

/**
 * The codes this system answers. The first three digits are the HTTP status.
 * 5030: nothing was stored; 5031: the outcome is unknown, send it again with the same key; 5032: the store is away.
 */
export const errorCodes = {
  malformed: 4000,
  field: 4001,
  noToken: 4010,
  badToken: 4011,
  badCredentials: 4012,
  forbidden: 4031,
  notFound: 4040,
  method: 4050,
  keyReused: 4090,
  changedMeanwhile: 4091,
  nameTaken: 4092,
  tooSlow: 4080,
  tooLarge: 4130,
  mediaType: 4150,
  slowDown: 4290,
  headersTooLarge: 4310,
  internal: 5000,
  nobodyServes: 5030,
  outcomeUnknown: 5031,
  storeAway: 5032,
} as const

/** One of the codes in {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes]

/**
 * A failure that a caller may be told about: its message says what is wrong and what to do, and never holds a
 * stack, an SQL text or a host name. What lies behind it goes into `cause`, which only the log sees.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  /** Seconds after which it is worth trying again; sent as Retry-After. */
  readonly retryAfterS: number | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterS?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryAfterS = options.retryAfterS ?? (code >= 5030 ? 1 : undefined)
  }

  get status(): number {
    return Math.floor(this.code / 10)
  }

  get body(): ErrorBody {
    return { object: 'error', code: this.code, message: this.message }
  }
}

/** A variable or a setting is missing or malformed: the service says so in one line and does not start. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}
