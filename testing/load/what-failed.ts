import { isAnswered, type Operation } from '../history/history.ts'
import type { Findings } from './run-under-load.ts'

/**
 * What a user saw that no user may see, a sentence each; nothing when all was well.
 * @param mayFail which requests may fail
 */
export function whatFailed(findings: Findings, mayFail: (operation: Operation) => boolean): string[] {
  const { history, violations, thrown } = findings
  const failed = history.operations.filter((operation) => !isAnswered(operation) && !mayFail(operation))
  const [request] = failed
  const [violation] = violations
  return [
    ...(thrown === undefined ? [] : [describe(thrown)]),
    ...(request
      ? [`${failed.length} requests failed, first a ${request.kind}: ${request.status} ${request.code ?? ''}`]
      : []),
    ...(violation
      ? [`${violations.length} violations, the first: ${violation.kind}, ${violation.what}`]
      : []),
  ]
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause ? ` (${error.cause})` : ''
  return `${error}${cause}`
}
