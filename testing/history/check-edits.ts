import type { Place } from './check-log.ts'
import { groupBy } from './group-by.ts'
import { type FinalState, isAnswered, type Operation } from './history.ts'
import { describeOperation, outcomeOf } from './outcome.ts'
import type { Violation } from './violation.ts'

/**
 * A message is at the end as its last acknowledged edit left it, or as a later one did whose outcome is unknown. The edits
 * of one message are made one after the other.
 */
export function* checkEdits(
  operations: readonly Operation[],
  places: ReadonlyMap<string, Place>,
  final: FinalState,
): Generator<Violation> {
  const edits = operations.filter(({ kind }) => kind === 'edit')
  yield* findMistold(edits, final)
  for (const [text, ofMessage] of groupBy(edits, (edit) => edit.text ?? '')) {
    const found = places.get(text)?.message.edits ?? 0
    const last = ofMessage.findLast(isAnswered)
    if (last !== undefined && found < (last.edits ?? 0)) {
      yield {
        kind: 'lost',
        what: `${describeOperation(last)}, is edit ${last.edits}; at the end it is ${found}`,
      }
    }
    const made = ofMessage.find((edit) => edit.edits === found)
    if (found > 0 && made === undefined) {
      yield { kind: 'never sent', what: `"${text}" is edit ${found} at the end, which nobody made` }
    } else if (made !== undefined && outcomeOf(made) === 'refused') {
      yield { kind: 'refused', what: `${describeOperation(made)}, is edit ${found} at the end all the same` }
    }
  }
}

/** The log tells of each edit that was acknowledged, and of no more than may have been made. */
function* findMistold(edits: readonly Operation[], final: FinalState): Generator<Violation> {
  const byText = groupBy(edits, ({ text }) => text)
  for (const [cid, messages] of final.messages) {
    const told = groupBy(messages, ({ editOf }) => editOf)
    for (const { id, text, isNotice } of messages) {
      if (isNotice) continue
      const ofMessage = byText.get(text) ?? []
      const mayBeMade = ofMessage.filter((edit) => outcomeOf(edit) !== 'refused').length
      const acknowledged = ofMessage.filter(isAnswered).length
      const found = told.get(id)?.length ?? 0
      const what = `the log of chat ${cid} tells of ${found} edits of "${text}"`
      if (found > mayBeMade) yield { kind: 'twice', what: `${what}, and ${mayBeMade} may have been made` }
      if (found < acknowledged) yield { kind: 'lost', what: `${what}, and ${acknowledged} were acknowledged` }
    }
  }
}
