import type { FinalState, History } from './history.ts'
import { leftOut, sightOf } from './sights.ts'
import type { Violation } from './violation.ts'

/** What pages have shown is at its place at the end; what they have left out are entries that tell of edits. */
export function* checkSights({ sights, shown }: History, final: FinalState): Generator<Violation> {
  for (const what of sights) yield { kind: 'sight', what }
  for (const [cid, places] of shown) {
    const log = new Map<number, string>()
    for (const message of final.messages.get(cid) ?? [])
      log.set(message.seq, message.editOf === undefined ? sightOf(message) : leftOut)
    for (const [seq, seen] of places.entries()) {
      const there = log.get(seq)
      if (seen === undefined || seen === there) continue
      const kind = seen === leftOut ? 'sight' : 'lost'
      yield { kind, what: `chat ${cid}: a page showed '${seen}' at ${seq}, at the end it is '${there}'` }
    }
  }
}
