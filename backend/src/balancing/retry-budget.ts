/**
 * One token bucket for all retries of requests that may have been sent: when every node fails, retries must not
 * multiply the load. Starts full.
 */
export class RetryBudget {
  static readonly capacity = 100
  static readonly requestsPerToken = 5
  /** In parts of a token, of which each request pays in one: whole numbers add up exactly. */
  #parts = RetryBudget.capacity * RetryBudget.requestsPerToken

  /** Every request pays in a fraction of a token. */
  onRequest(): void {
    this.#parts = Math.min(RetryBudget.capacity * RetryBudget.requestsPerToken, this.#parts + 1)
  }

  /** Takes a token if there is one. */
  tryTake(): boolean {
    if (this.#parts < RetryBudget.requestsPerToken) return false
    this.#parts -= RetryBudget.requestsPerToken
    return true
  }

  get left(): number {
    return Math.floor(this.#parts / RetryBudget.requestsPerToken)
  }
}
