import { AppError, errorCodes } from '@roundtable/common/errors'
import { errorCode } from '../error-code.ts'

/** A row was refused because of another one: `unique`, it is there already; `reference`, what it names is not. */
export class ConstraintError extends Error {
  readonly kind: 'unique' | 'reference'

  constructor(kind: 'unique' | 'reference', cause: unknown) {
    super(`a row breaks a ${kind} constraint`, { cause })
    this.name = 'ConstraintError'
    this.kind = kind
  }
}

/** The store could not be asked, or did not answer. */
export function storeAway(cause: unknown): AppError {
  return new AppError(errorCodes.storeAway, "the users' store is away, try again", { cause })
}

const uniqueCodes = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'])
const referenceCodes = new Set(['ER_NO_REFERENCED_ROW_2', 'SQLITE_CONSTRAINT_FOREIGNKEY'])

/** Server errors that pass by themselves, or that say the server cannot serve now. */
const awayCodes = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_DISK_FULL',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_QUERY_INTERRUPTED',
  'ER_SERVER_SHUTDOWN',
  'ER_USER_LIMIT_REACHED',
])

/** What a driver threw, in the terms of this system: a broken constraint, a store that is away, or a fault as it is. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = errorCode(error)
  const { fatal, sqlState } = Object(error) as { fatal?: unknown; sqlState?: unknown }
  if (uniqueCodes.has(code)) return new ConstraintError('unique', error)
  if (referenceCodes.has(code)) return new ConstraintError('reference', error)
  if (isSqliteAway(code) || awayCodes.has(code) || fatal === true) return storeAway(error)
  // mysql2 gives its own and the system's errors a code, and only the server's a state.
  if (code !== '' && !code.startsWith('SQLITE_') && sqlState === undefined) return storeAway(error)
  return error
}

function isSqliteAway(code: string): boolean {
  return /^SQLITE_(BUSY|LOCKED|IOERR|FULL|CANTOPEN|READONLY)/.test(code)
}
