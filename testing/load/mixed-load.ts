import { randomUUID } from 'node:crypto'
import { editedText } from '../history/edited-text.ts'
import type { History, Operation, OperationKind } from '../history/history.ts'
import { createSights } from '../history/sights.ts'
import type { Answer, ApiClient, Call } from './api-client.ts'
import type { Member, Room, Rooms } from './crowd.ts'

/** A load under way. */
export interface MixedLoad {
  /** Grows while the load runs. */
  readonly history: History
  /** How many were answered well so far. */
  readonly answered: number
  /** One more post, beside the steady rate. */
  post(room: Room, who: Member, through?: ApiClient): Promise<Answer>
  /** Sends no more, waits for the answers under way. */
  stop(): Promise<History>
}

export interface MixedLoadOptions {
  client: ApiClient
  crowd: readonly Member[]
  rooms: Rooms
  ratePerS: number
  /** 0 <= r < 1 */
  random: () => number
}

/** A message that its author may edit. */
interface Written {
  room: Room
  who: Member
  id: string
  /** As it was posted. */
  text: string
  /** Edits sent so far. */
  edits: number
  isBusy: boolean
}

/** Shares of the requests, in percent. */
const mix: readonly [OperationKind, number][] = [
  ['read', 56],
  ['post', 24],
  ['mark', 4],
  ['edit', 2],
  ['list', 6],
  ['profile', 4],
  ['create', 2],
  ['members', 2],
]
/** Chats whose members edit what they wrote: their pages have gaps where the log tells of edits. */
const editedRooms = 6
/** Of each such chat, so many messages are still edited. */
const editable = 20
/** Share of reads and posts that go to the chat everybody is in. */
const contendedShare = 0.25
const pageOfMessages = 20

/**
 * Reads, keyed posts, edits, read marks, new chats, changes of members, lists and profiles at a steady rate, whether or
 * not earlier requests are answered (open loop), by many users through all backends in turn. Each is noted in the
 * history.
 */
export function startMixedLoad(options: MixedLoadOptions): MixedLoad {
  const { client, crowd, rooms, ratePerS, random } = options
  const operations: Operation[] = []
  const sights = createSights()
  const underWay = new Set<Promise<void>>()
  const created: Room[] = []
  const beingChanged = new Set<Room>()
  const edited = rooms.small.slice(0, editedRooms)
  const written: Written[] = []
  const newestSeen = new Map<Room, number>()
  let turn = 0
  let answered = 0

  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
  const pickRoom = (): Room =>
    random() < contendedShare
      ? rooms.contended
      : pick([...rooms.small, ...rooms.changing, ...created.slice(-20)])

  async function send(
    kind: OperationKind,
    who: Member,
    cid: string,
    call: Call,
    more: Partial<Operation> = {},
    through = client,
  ): Promise<Answer> {
    const operation: Operation = {
      kind,
      uid: who.uid,
      cid,
      startedAt: performance.now(),
      endedAt: Number.NaN,
      status: 0,
      repeats: 0,
      ...more,
    }
    operations.push(operation)
    const answer = await through.call({ ...call, token: who.token }, turn)
    operation.endedAt = performance.now()
    note(operation, answer)
    if (answer.status >= 200 && answer.status < 300) answered++
    return answer
  }

  async function post(room: Room, who: Member, through?: ApiClient): Promise<Answer> {
    const text = `${turn} ${randomUUID()}`
    const path = `/v1/chats/${room.cid}/messages`
    const call: Call = { method: 'POST', path, body: { txt: text }, idempotencyKey: randomUUID() }
    const answer = await send('post', who, room.cid, call, { text }, through)
    const { id } = answer.body
    if (answer.status === 201 && id !== undefined && edited.includes(room)) {
      written.push({ room, who, id, text, edits: 0, isBusy: false })
      if (written.length > editedRooms * editable) written.shift()
    }
    return answer
  }

  const operate: Record<OperationKind, () => Promise<unknown>> = {
    async read() {
      const room = pickRoom()
      const path = `/v1/chats/${room.cid}/messages?limit=${pageOfMessages}`
      const who = pick(room.members)
      const answer = await send('read', who, room.cid, { method: 'GET', path })
      if (answer.status !== 200) return
      newestSeen.set(room, Math.max(newestSeen.get(room) ?? 0, answer.body.data?.[0]?.seq ?? 0))
      sights.page(room.cid, answer.body, pageOfMessages, edited.includes(room))
    },
    async mark() {
      const room = pick(rooms.small)
      const seq = newestSeen.get(room)
      if (seq === undefined) return await operate.read()
      const call: Call = { method: 'POST', path: `/v1/chats/${room.cid}/read`, body: { seq } }
      await send('mark', pick(room.members), room.cid, call, { seq })
    },
    async edit() {
      const message = written.find(({ isBusy }) => !isBusy)
      if (!message) return await operate.read()
      const { room, who, id, text } = message
      // One after the other, each message in its turn.
      message.isBusy = true
      message.edits++
      written.splice(written.indexOf(message), 1)
      written.push(message)
      const path = `/v1/chats/${room.cid}/messages/${id}`
      const txt = editedText(text, message.edits)
      const call: Call = { method: 'PUT', path, body: { txt }, idempotencyKey: randomUUID() }
      await send('edit', who, room.cid, call, { text, edits: message.edits })
      message.isBusy = false
    },
    async post() {
      const room = pickRoom()
      await post(room, pick(room.members))
    },
    async list() {
      await send('list', pick(crowd), '', { method: 'GET', path: '/v1/chats?limit=10' })
    },
    async profile() {
      await send('profile', pick(crowd), '', { method: 'GET', path: '/v1/users/me' })
    },
    async create() {
      const owner = pick(crowd)
      const users = [...new Set([owner.uid, pick(crowd).uid, pick(crowd).uid])]
      if (users.length === 1) users.push(crowd.find(({ uid }) => uid !== owner.uid)?.uid ?? 1)
      const call: Call = { method: 'POST', path: '/v1/chats', body: { users }, idempotencyKey: randomUUID() }
      const { status, body } = await send('create', owner, '', call, { users })
      if (status === 201 && body.id !== undefined) created.push({ cid: body.id, owner, members: [owner] })
    },
    async members() {
      const room = rooms.changing.find((candidate) => !beingChanged.has(candidate))
      if (!room) return await operate.read()
      beingChanged.add(room)
      const users = [...new Set([room.owner.uid, pick(crowd).uid, pick(crowd).uid])]
      const call: Call = { method: 'PUT', path: `/v1/chats/${room.cid}`, body: { users } }
      await send('members', room.owner, room.cid, call, { users })
      beingChanged.delete(room)
    },
  }

  const sendNext = (): void => {
    turn++
    const request = operate[kindOf(random() * 100)]().then(() => void underWay.delete(request))
    underWay.add(request)
  }
  // Timers come late on a busy machine: each tick sends all that are due by now.
  const begun = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) * ratePerS) / 1_000)
    while (turn < due) sendNext()
  }, 5)

  const history: History = { operations, sights: sights.found, shown: sights.shown }
  return {
    history,
    get answered() {
      return answered
    },
    post,
    async stop() {
      clearInterval(timer)
      await Promise.all(underWay)
      return history
    },
  }
}

function kindOf(percent: number): OperationKind {
  let sum = 0
  for (const [kind, share] of mix) {
    sum += share
    if (percent < sum) return kind
  }
  return 'read'
}

function note(operation: Operation, { status, body, repeats, servedBy }: Answer): void {
  operation.status = status
  operation.repeats = repeats
  if (servedBy !== undefined) operation.servedBy = servedBy
  if (body.code !== undefined) operation.code = body.code
  if (status < 200 || status >= 300) return
  if (operation.kind === 'post' && body.seq !== undefined) operation.seq = body.seq
  if (operation.kind === 'read') operation.seq = body.data?.[0]?.seq ?? 0
  if (operation.kind === 'create' && body.id !== undefined) operation.cid = body.id
}
