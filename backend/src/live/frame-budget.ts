/** Frames a second that a client may go on sending. */
const perSecond = 20
/** Frames it may send at once after a rest. */
const burst = 40
/** One that goes on so far beyond what it may is cut off. */
const maxDebt = 200

/** How many frames one client may still send. */
export interface FrameBudget {
  left: number
  /** When that was so, in ms. */
  at: number
}

export function newFrameBudget(now: number): FrameBudget {
  return { left: burst, at: now }
}

/** Counts one more frame, also one that is refused: who goes on regardless does not get better. */
export function spendFrame(budget: FrameBudget, now: number): 'taken' | 'refused' | 'flood' {
  const regained = ((now - budget.at) / 1000) * perSecond
  budget.left = Math.min(burst, budget.left + regained) - 1
  budget.at = now
  if (budget.left >= 0) return 'taken'
  return budget.left > -maxDebt ? 'refused' : 'flood'
}
