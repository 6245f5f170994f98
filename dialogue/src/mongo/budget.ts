import { outcomeUnknown } from '../refusals.ts'

/** What is left of the time that one request may take, however many commands it sends. */
export interface Budget {
  /** Whole milliseconds, 0 when there is nothing left. */
  leftMs(): number
}

/** Longest time a request spends on the store: below the second that its caller waits for an answer. */
export const requestBudgetMs = 800

export function startBudget(ms: number = requestBudgetMs): Budget {
  const end = performance.now() + ms
  return { leftMs: () => Math.max(0, Math.floor(end - performance.now())) }
}

/**
 * Waits for the end of some work that stores, as long as there is time; the work itself goes on.
 * @throws AppError 5031 when it has not ended by then
 */
export async function withinBudget<T>(work: Promise<T>, budget: Budget): Promise<T> {
  const ms = budget.leftMs()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(outcomeUnknown(new Error(`not stored within ${ms} ms`))), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
