/** Lets a program that is interrupted end in order, so that the servers it has started end with it. */
export function endBySignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
}
