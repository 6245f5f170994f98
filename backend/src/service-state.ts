/** What changes while the service runs. */
export interface ServiceState {
  /** It is shutting down: serving on for a moment, but no longer ready. */
  draining: boolean
}
