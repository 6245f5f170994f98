/** What a backend thinks of one node, and since when and why. Times are milliseconds of one clock. */
export type HealthState =
  | { kind: 'healthy'; since: number }
  | { kind: 'suspect'; since: number; why: string }
  | { kind: 'ejected'; since: number; until: number; why: string }
  | { kind: 'draining'; since: number; why: string }

/** Wrong answers in a row after which a node is ejected. */
export const wrongAnswersToEject = 5
const firstEjectionMs = 1_000
const longestEjectionMs = 30_000

/**
 * The health of one node, pure: it is told what happened and when.
 *
 * Not answering (a connection error or a time-out) makes it suspect at once, until a probe says otherwise.
 * Answering wrongly (5xx, unreadable) again and again, while others answer well, ejects it for 1 s, 2 s, … 30 s:
 * its probes pass, so only time can tell. When all answer wrongly, the fault is behind them and nobody is ejected.
 * One whose probe says that it is draining gets nothing any more, unless a later probe says otherwise.
 */
export class NodeHealth {
  #state: HealthState
  #wrongInARow = 0
  #wrongSince = 0
  #ejections = 0

  readonly #onChange: (state: HealthState) => void

  /** @param onChange is told of each change of state */
  constructor(now: number, onChange: (state: HealthState) => void = () => {}) {
    this.#state = { kind: 'healthy', since: now }
    this.#onChange = onChange
  }

  get state(): HealthState {
    return this.#state
  }

  isEligible(now: number): boolean {
    if (this.#state.kind === 'ejected' && now >= this.#state.until)
      this.#become({ kind: 'healthy', since: now })
    return this.#state.kind === 'healthy'
  }

  /**
   * A connection error or a time-out.
   * @returns whether this made it suspect
   */
  didNotAnswer(now: number, why: string): boolean {
    if (this.needsProbe) return false
    this.#become({ kind: 'suspect', since: now, why })
    return true
  }

  /** @param othersAnsweredAt when another node last answered well */
  answeredWrongly(now: number, why: string, othersAnsweredAt: number): void {
    if (this.#wrongInARow === 0) this.#wrongSince = now
    this.#wrongInARow += 1
    if (this.#wrongInARow < wrongAnswersToEject || othersAnsweredAt < this.#wrongSince) return
    if (this.#state.kind !== 'healthy') return
    const length = Math.min(firstEjectionMs * 2 ** this.#ejections, longestEjectionMs)
    this.#ejections += 1
    this.#become({ kind: 'ejected', since: now, until: now + length, why })
    // One more wrong answer after its return is enough to send it away again.
    this.#wrongInARow = wrongAnswersToEject - 1
    this.#wrongSince = now
  }

  answeredWell(): void {
    this.#wrongInARow = 0
    this.#ejections = 0
  }

  /** Whether only a probe can make it healthy again. */
  get needsProbe(): boolean {
    return this.#state.kind === 'suspect' || this.#state.kind === 'draining'
  }

  probePassed(now: number): void {
    if (this.needsProbe) this.#become({ kind: 'healthy', since: now })
  }

  probeSaidDraining(now: number): void {
    if (this.#state.kind !== 'draining')
      this.#become({ kind: 'draining', since: now, why: 'it is shutting down' })
  }

  #become(state: HealthState): void {
    this.#state = state
    this.#onChange(state)
  }
}
