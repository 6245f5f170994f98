import type { Logger } from '../logger.ts'

/** One of those who use the broker. */
export interface LinkPart {
  /** The broker did what it was asked to. */
  up(): void
  /** It did not. */
  down(error: unknown): void
}

/**
 * Tells of the broker's going when the first part notices and of its coming back when the last one has: one line
 * each, however many parts there are and however often they try.
 */
export function createLink(logger: Logger): { part(): LinkPart } {
  const away = new Set<LinkPart>()
  return {
    part() {
      const part: LinkPart = {
        up() {
          if (away.delete(part) && away.size === 0) logger.info('the bus of events is back')
        },
        down(error) {
          const reason = error instanceof Error ? error.message : String(error)
          if (away.size > 0) logger.debug({ reason }, 'the bus of events is still away')
          else logger.warn({ reason }, 'the bus of events is away: trying on, events wait')
          away.add(part)
        },
      }
      return part
    },
  }
}
