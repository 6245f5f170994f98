import { expect, test } from '@jest/globals'
import { checkHistory, countStaleAcrossUsers } from './check-history.ts'
import { editedText } from './edited-text.ts'
import type { FinalState, History, Operation, StoredMessage } from './history.ts'
import { createSights, type ShownEntry } from './sights.ts'
import type { ViolationKind } from './violation.ts'

const [roger, vohaul, wilma] = [1, 2, 3]
const [pub, club] = ['aa', 'bb']

/** An operation that took a millisecond, begun at `startedAt`. */
const op = (kind: Operation['kind'], startedAt: number, more: Partial<Operation> = {}): Operation => ({
  kind,
  uid: roger,
  cid: pub,
  startedAt,
  endedAt: startedAt + 1,
  status: 200,
  repeats: 0,
  ...more,
})
const post = (text: string, seq: number, startedAt: number, more: Partial<Operation> = {}): Operation =>
  op('post', startedAt, { status: 201, text, seq, ...more })
const unanswered = (text: string, startedAt: number, more: Partial<Operation>): Operation =>
  op('post', startedAt, { text, ...more })
const stored = (text: string, seq: number, uid = roger): StoredMessage => ({
  id: `id-${text}`,
  seq,
  uid,
  text,
})

/** A history in which all is well. */
const operations: readonly Operation[] = [
  op('create', 0, { status: 201, users: [vohaul] }),
  op('create', 2, { status: 201, cid: club, uid: vohaul, users: [vohaul, wilma] }),
  op('read', 4, { seq: 0 }),
  post('one', 1, 10),
  post('two', 2, 20, { uid: vohaul }),
  post('three', 3, 20, { endedAt: 29 }),
  op('read', 30, { seq: 3 }),
  op('read', 32, { seq: 3, uid: vohaul }),
  unanswered('four', 40, { status: 503, code: 5031 }),
  unanswered('never', 42, { status: 503, code: 5030 }),
  unanswered('repeated', 44, { status: 503, code: 5032, repeats: 1 }),
  unanswered('silence', 46, { status: 0, repeats: 4 }),
  unanswered('refused', 48, { status: 404, code: 4040 }),
  op('read', 50, { status: 503, code: 5032 }),
  post('club one', 1, 60, { cid: club, uid: wilma }),
  op('members', 70, { cid: club, uid: vohaul, users: [vohaul, roger] }),
  op('members', 72, { cid: club, uid: vohaul, users: [roger], status: 409, code: 4091 }),
  op('list', 80, { cid: '' }),
]
interface Parts {
  operations: readonly Operation[]
  sights: readonly string[]
  shown: History['shown']
  pub: readonly StoredMessage[]
  club: readonly StoredMessage[]
  pubMembers: readonly number[]
  clubMembers: readonly number[]
  lists: readonly [number, readonly string[]][]
}
const well: Parts = {
  operations,
  sights: [],
  shown: new Map(),
  pub: [
    stored('one', 1),
    stored('two', 2, vohaul),
    stored('three', 3),
    stored('four', 4),
    stored('repeated', 5),
  ],
  club: [stored('club one', 1, wilma)],
  pubMembers: [roger, vohaul],
  clubMembers: [roger, vohaul],
  lists: [
    [roger, [pub, club]],
    [vohaul, [club, pub]],
    [wilma, []],
  ],
}
function build(parts: Parts): { history: History; final: FinalState } {
  return {
    history: { operations: parts.operations, sights: parts.sights, shown: parts.shown },
    final: {
      messages: new Map([
        [pub, parts.pub],
        [club, parts.club],
      ]),
      members: new Map([
        [pub, parts.pubMembers],
        [club, parts.clubMembers],
      ]),
      lists: new Map(parts.lists),
      marks: new Map(),
    },
  }
}
function check(change: Partial<Parts> = {}) {
  const { history, final } = build({ ...well, ...change })
  return checkHistory(history, final)
}
const unknown = { cid: '', status: 503, code: 5031 }
/** The lists of these users name one more chat. */
const listed = (cid: string, users: readonly number[], lists = well.lists): Pick<Parts, 'lists'> => ({
  lists: lists.map(([uid, cids]) => [uid, users.includes(uid) ? [...cids, cid] : cids]),
})
/** So many of the first entries, newest first. */
const newest = (count: number): readonly StoredMessage[] => well.pub.slice(0, count).toReversed()
/** What readers were shown: a page of the newest entries, up to four. */
const seen = (
  cid: string,
  page: readonly ShownEntry[],
  isEdited = false,
): Pick<Parts, 'sights' | 'shown'> => {
  const { found: sights, shown, page: see } = createSights()
  see(cid, { data: page, nextCursor: 'older' }, 4, isEdited)
  return { sights, shown }
}
const also = (...more: Operation[]): Partial<Parts> => ({ operations: [...operations, ...more] })

test('nothing is found where all is well', () => {
  expect(check()).toEqual([])
})

test('entries that tell who came and went have places and ids, and were posted by nobody', () => {
  const notice = (seq: number, id = `notice-${seq}`): StoredMessage => ({
    ...{ id, seq, uid: vohaul, text: '' },
    isNotice: true,
  })
  const messages = [stored('club one', 1, wilma), notice(2), notice(3)]
  expect(check({ club: messages })).toEqual([])
  expect(check({ club: [...messages, notice(5)] })).toMatchObject([{ kind: 'order' }])
  expect(check({ club: [...messages, notice(4, 'notice-3')] })).toMatchObject([{ kind: 'twice' }])
})

const planted: [string, ViolationKind, Partial<Parts>, RegExp][] = [
  [
    'an acknowledged message that is gone',
    'lost',
    also(post('five', 6, 90)),
    /"five" .* is not in the chat at the end/,
  ],
  [
    'an acknowledged message in another chat',
    'lost',
    {
      ...also(post('club two', 2, 90, { cid: club })),
      pub: [...well.pub, stored('club two', 6)],
    },
    /"club two" .* is not in the chat/,
  ],
  [
    'an acknowledged message at another place',
    'lost',
    { ...also(post('five', 7, 90)), pub: [...well.pub, stored('five', 6)] },
    /was said to be at 7 and is at 6/,
  ],
  [
    'a message that was seen and is gone',
    'lost',
    also(op('read', 90, { seq: 6 })),
    /saw 6, but 5 is the last/,
  ],
  [
    'a text stored twice',
    'twice',
    { pub: [...well.pub, { ...stored('one', 6), id: 'other' }] },
    /"one" is at 6 .* also at 1/,
  ],
  [
    'a text stored in two chats',
    'twice',
    { club: [...well.club, { ...stored('one', 2), id: 'other' }] },
    /"one" is at 2 of chat bb and also at 1 of chat aa/,
  ],
  [
    'an id given twice',
    'twice',
    { pub: [...well.pub, { ...stored('silence', 6), id: 'id-one' }] },
    /id id-one, at 6/,
  ],
  ['a message that nobody sent', 'never sent', { pub: [...well.pub, stored('ghost', 6)] }, /by nobody/],
  [
    'a message in the name of another',
    'never sent',
    { pub: [...well.pub, stored('silence', 6, vohaul)] },
    /"silence" of user 2, .* was sent as the post "silence" of user 1/,
  ],
  [
    'a message stored although the answer was 5030',
    'refused',
    { pub: [...well.pub, stored('never', 6)] },
    /"never" .* answered 5030, is stored at 6 all the same/,
  ],
  [
    'a message stored although the answer was 404',
    'refused',
    { pub: [...well.pub, stored('refused', 6)] },
    /answered 4040, is stored at 6/,
  ],
  ['a hole', 'order', { pub: [...well.pub, stored('silence', 7)] }, /7 comes after 5/],
  [
    'a log that is shown out of order',
    'order',
    { pub: well.pub.with(3, stored('repeated', 5)).with(4, stored('four', 4)) },
    /5 comes after 3/,
  ],
  [
    'a message before one that was answered before it was begun',
    'order',
    {
      ...also(post('five', 7, 90), post('six', 6, 94)),
      pub: [...well.pub, stored('six', 6), stored('five', 7)],
    },
    /"six" .* is at 6, yet the post "five" .* stands at 7/,
  ],
  [
    'a message at a place that had been seen before it was begun',
    'order',
    also(op('read', 38, { seq: 4, uid: wilma })),
    /"four" .* is at 4, yet the read of user 3/,
  ],
  [
    'a reader who does not see what that reader wrote',
    'stale',
    also(op('read', 22, { seq: 1, uid: vohaul })),
    /saw 1, yet the post "two"/,
  ],
  [
    'a reader who sees less than before',
    'stale',
    also(op('read', 50, { seq: 4, uid: vohaul }), op('read', 52, { seq: 3, uid: vohaul })),
    /saw 3, yet the read of user 2 .* saw 4/,
  ],
  [
    'a chat missing in the list of its creator',
    'chats',
    {
      lists: [
        [roger, [club]],
        [vohaul, [club, pub]],
      ],
    },
    /user 1 is a member of chat aa, which is not/,
  ],
  [
    'a chat missing in the list of another member',
    'chats',
    {
      lists: [
        [roger, [club, pub]],
        [vohaul, [club]],
      ],
    },
    /user 2 is a member of chat aa/,
  ],
  [
    'a chat listed twice',
    'chats',
    {
      lists: [
        [roger, [club, pub, club]],
        [vohaul, [club, pub]],
      ],
    },
    /user 1 names chat bb more than once/,
  ],
  [
    'a chat listed for someone who was taken out',
    'chats',
    { lists: [...well.lists.slice(0, 2), [wilma, [club]]] },
    /user 3 names chat bb, whose members are 1, 2/,
  ],
  [
    'a creator without a list',
    'chats',
    { lists: [[roger, [club, pub]]] },
    /user 2 to chat bb, .* has no list/,
  ],
  [
    'an acknowledged chat that is gone',
    'chats',
    also(op('create', 90, { status: 201, cid: 'cc', users: [vohaul] })),
    /chat cc, .* cannot be read/,
  ],
  [
    'a chat that two creations were answered with',
    'chats',
    also(op('create', 90, { status: 201, users: [vohaul] })),
    /answered with a chat made before/,
  ],
  [
    'a first chat of a creation that was answered with a second one',
    'chats',
    listed('cc', [roger, vohaul]),
    /chat cc, in the lists of 1, 2, is of no creation/,
  ],
  [
    'a chat whose creation was refused',
    'chats',
    {
      ...also(op('create', 90, { cid: '', status: 503, code: 5032, users: [vohaul] })),
      ...listed('cc', [roger, vohaul]),
    },
    /chat cc, in the lists of 1, 2, is of no creation/,
  ],
  [
    'a second chat of a creation of unknown outcome',
    'chats',
    {
      ...also(op('create', 90, { ...unknown, users: [vohaul] })),
      ...listed('dd', [roger, vohaul], listed('cc', [roger, vohaul]).lists),
    },
    /chat dd, in the lists of 1, 2, is of no creation/,
  ],
  [
    'a chat of a creation of unknown outcome that is not in the lists of all its members',
    'chats',
    {
      ...also(op('create', 90, { ...unknown, users: [vohaul, wilma] })),
      ...listed('cc', [roger, vohaul]),
    },
    /chat cc, in the lists of 1, 2, is of no creation/,
  ],
  [
    'members of a creation that are not there',
    'members',
    { pubMembers: [roger] },
    /set 1, 2, but the members at the end are 1$/,
  ],
  [
    'members of before the last change',
    'members',
    {
      clubMembers: [vohaul, wilma],
      lists: [
        [roger, [pub]],
        [vohaul, [club, pub]],
        [wilma, [club]],
      ],
    },
    /set 1, 2, but the members at the end are 2, 3/,
  ],
  [
    'members of a refused change',
    'members',
    {
      clubMembers: [roger],
      lists: [
        [roger, [pub, club]],
        [vohaul, [pub]],
      ],
    },
    /set 1, 2, but the members at the end are 1$/,
  ],
  [
    'members of an unknown change that an acknowledged one followed',
    'members',
    {
      ...also(op('members', 65, { cid: club, uid: vohaul, users: [vohaul], status: 503, code: 5031 })),
      clubMembers: [vohaul],
      lists: [
        [roger, [pub]],
        [vohaul, [pub, club]],
      ],
    },
    /set 1, 2, but the members at the end are 2$/,
  ],
  ['what a reader should not have seen', 'sight', { sights: ['a page out of order'] }, /a page out of order/],
  [
    'a message that was read and whose place another has taken',
    'lost',
    seen(pub, [stored('silence', 4), ...newest(3)]),
    /'id-silence silence' at 4, at the end it is 'id-four four'/,
  ],
  [
    'a message that was read and is stored under another id',
    'lost',
    seen(pub, [{ ...stored('four', 4), id: 'id-other' }, ...newest(3)]),
    /'id-other four' at 4, at the end it is 'id-four four'/,
  ],
  [
    'a message that was read and is gone',
    'lost',
    seen(pub, [stored('silence', 6), ...newest(5)]),
    /'id-silence silence' at 6, at the end it is 'undefined'/,
  ],
  [
    'a message that a page of an edited chat has left out',
    'sight',
    seen(pub, [...newest(5).slice(0, 2), ...newest(2)], true),
    /'nothing' at 3, at the end it is 'id-three three'/,
  ],
]
test.each(planted)('finds %s', (_, kind, change, what) => {
  const found = check(change)
  expect(found).toContainEqual({ kind, what: expect.stringMatching(what) })
})

test('what was read is there at the end, whatever edits have made of it', () => {
  const edit: StoredMessage = {
    id: 'entry 6',
    seq: 6,
    uid: roger,
    text: '',
    isNotice: true,
    editOf: 'id-three',
  }
  const edited = { ...stored('three', 3), edits: 1 }
  const parts = {
    ...also(op('edit', 90, { text: 'three', edits: 1 })),
    pub: [...well.pub.with(2, edited), edit, stored('silence', 7)],
  }
  const shown = { ...edited, text: editedText('three', 1) }
  const page = [stored('silence', 7), ...newest(5).with(2, shown).slice(0, 3)]
  expect(check({ ...parts, ...seen(pub, newest(4)) })).toEqual([])
  expect(check({ ...parts, ...seen(pub, page, true) })).toEqual([])
})

test('posts under way at the same time may be stored in any order', () => {
  const lateFirst = [post('five', 7, 90, { endedAt: 95 }), post('six', 6, 94)]
  expect(check({ ...also(...lateFirst), pub: [...well.pub, stored('six', 6), stored('five', 7)] })).toEqual(
    [],
  )
})

test('a creation of unknown outcome may have made a chat, and each has its own', () => {
  const creation = (startedAt: number, more: Partial<Operation> = {}): Operation =>
    op('create', startedAt, { ...unknown, users: [vohaul, roger], ...more })
  const creations = also(creation(90), creation(92, { status: 0, repeats: 4 }))
  const one = listed('cc', [roger, vohaul])
  expect(check(creations)).toEqual([])
  expect(check({ ...creations, ...one })).toEqual([])
  expect(check({ ...creations, ...listed('dd', [roger, vohaul], one.lists) })).toEqual([])
})

test('a read may miss what was written while it was under way', () => {
  expect(check(also(op('read', 5, { seq: 0, endedAt: 12 })))).toEqual([])
})

const clubAlone: Partial<Parts> = {
  clubMembers: [vohaul],
  lists: [
    [roger, [pub]],
    [vohaul, [club, pub]],
  ],
}
test.each([
  ['acknowledged at the same time', { startedAt: 69, endedAt: 71 }],
  ['unknown and later', { startedAt: 90, endedAt: 91, status: 503, code: 5031 }],
  ['never answered, though begun before', { startedAt: 60, endedAt: 61, status: 0, repeats: 4 }],
])('the last change of members may be one that was %s', (_, more) => {
  const change = op('members', 0, { cid: club, uid: vohaul, users: [vohaul], ...more })
  expect(check({ ...also(change), ...clubAlone })).toEqual([])
})

test('reads that miss the acknowledged messages of anyone are counted, and are no violation', () => {
  const parts = {
    ...well,
    ...also(op('read', 35, { seq: 1, uid: wilma }), op('read', 36, { seq: 2, uid: wilma })),
  }
  const { history, final } = build(parts)
  expect(checkHistory(history, final)).toEqual([])
  expect(countStaleAcrossUsers(history)).toBe(2)
  expect(countStaleAcrossUsers({ operations, sights: [], shown: new Map() })).toBe(0)
})

test('a history of 400,000 operations is checked without comparing all with all', () => {
  const chats = 400
  const messages = new Map<string, StoredMessage[]>()
  const many: Operation[] = []
  for (let i = 0; i < 200_000; i++) {
    const cid = `chat-${i % chats}`
    const log = messages.get(cid) ?? []
    messages.set(cid, log)
    log.push(stored(`text ${i}`, log.length + 1, i % 7))
    many.push(post(`text ${i}`, log.length, i * 4, { cid, uid: i % 7, endedAt: i * 4 + 3 }))
    many.push(op('read', i * 4 + 2, { cid, uid: i % 5, seq: log.length, endedAt: i * 4 + 9 }))
  }
  const final = { messages, members: new Map(), lists: new Map(), marks: new Map() }
  expect(checkHistory({ operations: many, sights: [], shown: new Map() }, final)).toEqual([])
})
