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
