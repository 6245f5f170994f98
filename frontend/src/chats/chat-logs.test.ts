import { expect, test } from '@jest/globals'
import { ApiError } from '../api/request.ts'
import type { EntryList, LogEntry, Message, Page, ShownEntry } from '../api/types.ts'
import { type ChatLogs, createChatLogs } from './chat-logs.ts'

const cid = 'c'
const message = (seq: number): Message => ({
  object: 'message',
  id: `m${seq}`,
  cid,
  uid: 3,
  createdAt: 0,
  text: `text ${seq}`,
  seq,
})

/** The store of one chat, of which a client asks. */
function createStore(count: number, pageSize = 3) {
  const entries: LogEntry[] = Array.from({ length: count }, (_, index) => message(index + 1))
  const asked: string[] = []
  const failures: ApiError[] = []
  const ask = (what: string): void => {
    asked.push(what)
    const failure = failures.shift()
    if (failure) throw failure
  }
  const isShown = (entry: LogEntry): entry is ShownEntry => 'added' in entry || entry.object === 'message'
  return {
    asked,
    failures,
    write: (...more: LogEntry[]) => entries.push(...more),
    api: {
      async listMessages(_: string, { cursor }: { cursor?: string | undefined }): Promise<Page<ShownEntry>> {
        ask(`before ${cursor ?? 'end'}`)
        const newestFirst = entries.filter(isShown).reverse()
        const start = newestFirst.findIndex(({ id }) => id === cursor) + 1
        const data = newestFirst.slice(start, start + pageSize)
        const last = data.at(-1)
        return start + pageSize < newestFirst.length && last ? { data, nextCursor: last.id } : { data }
      },
      async entriesAfter(_: string, after: number): Promise<EntryList> {
        ask(`after ${after}`)
        return { object: 'list', data: entries.slice(after, after + 2), lastSeq: entries.length }
      },
    },
  }
}

/** Lets all that was asked be answered: nothing here waits for a clock. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
}

async function opened(count: number) {
  const store = createStore(count)
  const logs = createChatLogs({ api: store.api, wait: () => Promise.resolve() })
  logs.open(cid)
  await settle()
  store.asked.length = 0
  return { store, logs }
}

const seqs = (logs: ChatLogs) => logs.get(cid).log?.shown.map(({ seq }) => seq)

test('opening shows the newest page, and what the log has after it', async () => {
  const store = createStore(4)
  store.write({ object: 'edit', seq: 5, cid, id: 'm4', uid: 3, text: 'mended', editedAt: 1, createdAt: 1 })
  const logs = createChatLogs({ api: store.api, wait: () => Promise.resolve() })
  logs.open(cid)
  await settle()
  expect(seqs(logs)).toEqual([2, 3, 4])
  expect(logs.get(cid).log).toMatchObject({ lastSeq: 5, hasOlder: true })
  expect(logs.have()).toEqual({ [cid]: 5 })
})

test('a live message is applied without asking', async () => {
  const { store, logs } = await opened(2)
  logs.take({ type: 'message', message: message(3) })
  await settle()
  expect(seqs(logs)).toEqual([1, 2, 3])
  expect(store.asked).toEqual([])
})

test('a hole in what is live is filled from the store, in order', async () => {
  const { store, logs } = await opened(2)
  store.write(message(3), message(4), message(5), message(6))
  logs.take({ type: 'message', message: message(6) })
  expect(logs.isWhole()).toBe(false)
  expect(seqs(logs)).toEqual([1, 2])
  await settle()
  expect(seqs(logs)).toEqual([1, 2, 3, 4, 5, 6])
  expect(logs.isWhole()).toBe(true)
})

test('a gap that the server names is fetched', async () => {
  const { store, logs } = await opened(2)
  store.write(message(3), message(4))
  logs.take({ type: 'gap', cid, from: 3, to: 4 })
  await settle()
  expect(seqs(logs)).toEqual([1, 2, 3, 4])
})

test('after a reconnection it is whole only when all that is known to exist is here', async () => {
  const { store, logs } = await opened(2)
  store.write(message(3))
  logs.take({ type: 'ready', userId: 3, chats: { [cid]: 3, other: 9 } })
  expect(logs.isWhole()).toBe(false)
  logs.take({ type: 'message', message: message(3) })
  expect(logs.isWhole()).toBe(true)
})

test('what the server does not send after a reconnection is fetched', async () => {
  const { store, logs } = await opened(2)
  store.write(message(3))
  logs.take({ type: 'ready', userId: 3, chats: { [cid]: 3 } })
  await settle()
  expect(seqs(logs)).toEqual([1, 2, 3])
})

test('a passing failure is tried again until it is over, any other one is told', async () => {
  const { store, logs } = await opened(2)
  store.write(message(3))
  store.failures.push(new ApiError(0, 'away'), new ApiError(5030, 'away'))
  logs.take({ type: 'gap', cid, from: 3, to: 3 })
  await settle()
  expect(seqs(logs)).toEqual([1, 2, 3])
  expect(logs.get(cid).error).toBeUndefined()
  store.failures.push(new ApiError(4040, 'there is no such chat'))
  logs.catchUp(cid)
  await settle()
  expect(logs.get(cid).error?.message).toBe('there is no such chat')
})

/** A chat that could not be had, and waits to ask again for as long as nobody wakes it. */
async function openedInVain() {
  const store = createStore(2)
  const wait = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
  const logs = createChatLogs({ api: store.api, wait })
  store.failures.push(new ApiError(0, 'away'))
  logs.open(cid)
  await settle()
  expect(logs.get(cid).error?.message).toBe('away')
  return { logs, failures: store.failures }
}

test('whoever tries again, or a new connection, does not wait for its turn', async () => {
  const tries: ((logs: ChatLogs) => void)[] = [
    (logs) => logs.catchUp(cid),
    (logs) => logs.take({ type: 'ready', userId: 3, chats: {} }),
  ]
  for (const tryAgain of tries) {
    const { logs } = await openedInVain()
    tryAgain(logs)
    await settle()
    expect(seqs(logs)).toEqual([1, 2])
    expect(logs.get(cid).error).toBeUndefined()
  }
})

test('it is not whole while a chat that was opened is missing, but for one that cannot be had', async () => {
  const { logs, failures } = await openedInVain()
  const seen: boolean[] = []
  logs.subscribe(() => seen.push(logs.isWhole()))
  expect(logs.isWhole()).toBe(false)
  failures.push(new ApiError(4040, 'there is no such chat'))
  logs.catchUp(cid)
  await settle()
  expect(seen.at(-1)).toBe(true)
})

test('what is missing in a chat that one is in no more is not waited for', async () => {
  const { store, logs } = await opened(2)
  store.failures.push(new ApiError(4040, 'there is no such chat'))
  logs.take({ type: 'gap', cid, from: 3, to: 9 })
  expect(logs.isWhole()).toBe(false)
  await settle()
  expect(logs.isWhole()).toBe(true)
})

test('far behind, it begins anew instead of fetching all there is', async () => {
  const { store, logs } = await opened(2)
  store.write(...Array.from({ length: 1_500 }, (_, index) => message(index + 3)))
  logs.take({ type: 'gap', cid, from: 3, to: 1_502 })
  await settle()
  expect(seqs(logs)).toEqual([1_500, 1_501, 1_502])
  expect(store.asked).toEqual(['before end', 'after 1502'])
})

test('older messages come before those that are shown', async () => {
  const { logs } = await opened(5)
  await logs.loadOlder(cid)
  expect(seqs(logs)).toEqual([1, 2, 3, 4, 5])
  expect(logs.get(cid)).toMatchObject({ isLoadingOlder: false, log: { hasOlder: false } })
})
