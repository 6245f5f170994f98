/** What a backend thinks of one node, and since when and why. Times are milliseconds of one clock. */
export type HealthState =
  | { kind: 'healthy'; since: number }
  | { kind: 'suspect'; since: number; why: string }
  | { kind: 'ejected'; since: number; until: number; why: string }
  | { kind: 'draining'; since: number; why: string }

/** Failures in a row after which a node is ejected. */
export const failuresToEject = 5
const firstEjectionMs = 1_000
const longestEjectionMs = 30_000

/**
 * The health of one node, pure: it is told what happened and when.
 *
 * Not answering (a connection error or a time-out) makes it suspect at once, until a probe says otherwise.
 * Failing again and again (silence, 5xx, unreadable answers) while others answer well ejects it for 1 s, 2 s, … 30 s:
 * it may pass its probes, so only time can tell. Then it gets one request, and more once it has answered that well.
 * When all fail, the fault is behind them and nobody is ejected.
 * One whose probe says that it is draining gets nothing any more, unless a later probe says otherwise.
 */
export class NodeHealth {
  #state: HealthState
  #failuresInARow = 0
  #failingSince = 0
  #ejections = 0
  /** After an ejection: whether the one request that decides is still to be given, or under way. */
  #trial: 'none' | 'open' | 'running' = 'none'
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
    if (this.#state.kind === 'ejected' && now >= this.#state.until) {
      this.#trial = 'open'
      this.#become({ kind: 'healthy', since: now })
    }
    return this.#state.kind === 'healthy' && this.#trial !== 'running'
  }

  /** A request goes to it. */
  chosen(): void {
    if (this.#trial === 'open') this.#trial = 'running'
  }

  /**
   * A connection error or a time-out.
   * @param othersAnsweredAt when another node last answered well
   * @returns whether this made it suspect
   */
  didNotAnswer(now: number, why: string, othersAnsweredAt: number): boolean {
    if (this.#state.kind === 'ejected' || this.#state.kind === 'draining') return false
    if (this.#ejectAfterFailure(now, why, othersAnsweredAt) || this.needsProbe) return false
    this.#become({ kind: 'suspect', since: now, why })
    return true
  }

  /**
   * A 5xx or an answer that cannot be read.
   * @param othersAnsweredAt when another node last answered well
   */
  answeredWrongly(now: number, why: string, othersAnsweredAt: number): void {
    if (this.#state.kind === 'healthy') this.#ejectAfterFailure(now, why, othersAnsweredAt)
  }

  /** It failed, through no fault of its own. */
  excused(): void {
    if (this.#trial === 'running') this.#trial = 'open'
  }

  answeredWell(): void {
    this.#failuresInARow = 0
    this.#ejections = 0
    this.#trial = 'none'
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

  #ejectAfterFailure(now: number, why: string, othersAnsweredAt: number): boolean {
    this.excused()
    if (this.#failuresInARow === 0) this.#failingSince = now
    this.#failuresInARow += 1
    if (this.#failuresInARow < failuresToEject || othersAnsweredAt < this.#failingSince) return false
    const length = Math.min(firstEjectionMs * 2 ** this.#ejections, longestEjectionMs)
    this.#ejections += 1
    this.#become({ kind: 'ejected', since: now, until: now + length, why })
    // One more failure after its return is enough to send it away again.
    this.#failuresInARow = failuresToEject - 1
    this.#failingSince = now
    return true
  }

  #become(state: HealthState): void {
    // Whatever was under way decides nothing any more.
    this.excused()
    this.#state = state
    this.#onChange(state)
  }
}
