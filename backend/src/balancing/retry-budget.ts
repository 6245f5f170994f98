/**
 * One token bucket for all retries of requests that may have been sent: when every node fails, retries must not
 * multiply the load. Starts full.
 */
export class RetryBudget {
  static readonly capacity = 100
  static readonly requestsPerToken = 5
  #tokens = RetryBudget.capacity

  /** Every request pays in a fraction of a token. */
  onRequest(): void {
    this.#tokens = Math.min(RetryBudget.capacity, this.#tokens + 1 / RetryBudget.requestsPerToken)
  }

  /** Takes a token if there is one. */
  tryTake(): boolean {
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  get left(): number {
    return Math.floor(this.#tokens)
  }
}
