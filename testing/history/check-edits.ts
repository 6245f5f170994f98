import type { Place } from './check-log.ts'
import { groupBy } from './group-by.ts'
import { isAnswered, type Operation } from './history.ts'
import { describeOperation, outcomeOf } from './outcome.ts'
import type { Violation } from './violation.ts'

/**
 * A message is at the end as its last acknowledged edit left it, or as a later one did whose outcome is unknown. The edits
 * of one message are made one after the other.
 */
export function* checkEdits(
  operations: readonly Operation[],
  places: ReadonlyMap<string, Place>,
): Generator<Violation> {
  const edits = operations.filter(({ kind }) => kind === 'edit')
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
