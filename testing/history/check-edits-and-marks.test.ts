import { expect, test } from '@jest/globals'
import { checkHistory } from './check-history.ts'
import { editedText, readEditedText } from './edited-text.ts'
import { isAnswered, type Operation, type StoredMessage } from './history.ts'

const [uid, cid] = [1, 'aa']

const op = (kind: Operation['kind'], startedAt: number, more: Partial<Operation>): Operation => ({
  ...{ kind, uid, cid, startedAt, endedAt: startedAt + 1, status: 200, repeats: 0 },
  ...more,
})
const made = op('create', 0, { status: 201, users: [uid] })
const posted = op('post', 10, { status: 201, text: 'hello', seq: 1 })
const edit = (edits: number, startedAt: number, more: Partial<Operation> = {}) =>
  op('edit', startedAt, { text: 'hello', edits, ...more })
const mark = (seq: number, startedAt: number, more: Partial<Operation> = {}) =>
  op('mark', startedAt, { seq, ...more })
const unknown = { status: 503, code: 5031 }
const refused = { status: 503, code: 5032 }

/**
 * What is found when the message has been edited so often, and the chat read up to there.
 * @param at.told of so many edits the log tells; of all that were acknowledged by default
 */
function kindsFound(
  operations: readonly Operation[],
  at: { edits?: number; mark?: number; told?: number },
): string[] {
  const acknowledged = operations.filter((one) => one.kind === 'edit' && isAnswered(one)).length
  const message = { id: 'm', seq: 1, uid, text: 'hello', edits: at.edits ?? 0 }
  const told = Array.from({ length: at.told ?? acknowledged }, (_, i): StoredMessage => {
    return { id: `entry ${i + 2}`, seq: i + 2, uid, text: '', isNotice: true, editOf: message.id }
  })
  const final = {
    messages: new Map([[cid, [message, ...told]]]),
    members: new Map([[cid, [uid]]]),
    lists: new Map([[uid, [cid]]]),
    marks: new Map([[cid, new Map([[uid, at.mark ?? 0]])]]),
  }
  const history = { operations: [made, posted, ...operations], sights: [], shown: new Map() }
  return checkHistory(history, final).map(({ kind }) => kind)
}

test('an edited text tells which message it is, and how often it was edited', () => {
  expect(readEditedText(editedText('hello', 3))).toEqual({ text: 'hello', edits: 3 })
  expect(readEditedText(editedText('hello', 0))).toEqual({ text: 'hello', edits: 0 })
})

test('an acknowledged edit is there at the end, or a later one that may have been made', () => {
  const edits = [edit(1, 20), edit(2, 30), edit(3, 40, unknown)]
  expect(kindsFound(edits, { edits: 2 })).toEqual([])
  expect(kindsFound(edits, { edits: 3 })).toEqual([])
  expect(kindsFound(edits, { edits: 1 })).toEqual(['lost'])
  expect(kindsFound(edits, { edits: 4 })).toEqual(['never sent'])
  expect(kindsFound([edit(1, 20, refused)], { edits: 1 })).toEqual(['refused'])
})

test('a late edit must not undo an acknowledged one', () => {
  expect(kindsFound([edit(1, 20, unknown), edit(2, 30)], { edits: 1 })).toEqual(['lost'])
})

test('the log tells of each acknowledged edit once, and perhaps of one whose outcome is unknown', () => {
  const edits = [edit(1, 20), edit(2, 30, refused), edit(3, 40), edit(4, 50, unknown)]
  expect(kindsFound(edits, { edits: 3, told: 2 })).toEqual([])
  expect(kindsFound(edits, { edits: 4, told: 3 })).toEqual([])
  expect(kindsFound(edits, { edits: 4, told: 4 })).toEqual(['twice'])
  expect(kindsFound(edits, { edits: 3, told: 1 })).toEqual(['lost'])
  expect(kindsFound([], { told: 1 })).toEqual(['twice'])
})

test('a mark only grows', () => {
  const marks = [mark(5, 20), mark(3, 30), mark(9, 40, unknown)]
  expect(kindsFound(marks, { mark: 5 })).toEqual([])
  expect(kindsFound(marks, { mark: 9 })).toEqual([])
  expect(kindsFound(marks, { mark: 3 })).toEqual(['lost'])
  expect(kindsFound(marks, { mark: 10 })).toEqual(['never sent'])
})
