import { readEditedText } from '../history/edited-text.ts'
import type { FinalState, History, StoredMessage } from '../history/history.ts'
import type { ApiClient } from './api-client.ts'
import type { Member } from './crowd.ts'

const pageSize = 200
/** Chats read at once. */
const width = 8
/** How often all is read again because a write whose outcome was unknown came through meanwhile. */
const maxReadings = 5

/**
 * Reads every chat of a history and every list of chats, page by page, through the backends.
 * @param readerOf who may read a chat
 * @throws Error when something cannot be read: nothing is broken any more by now
 */
export async function readFinalState(
  client: ApiClient,
  history: History,
  crowd: readonly Member[],
  readerOf: ReadonlyMap<string, Member>,
): Promise<FinalState> {
  const messages = new Map<string, StoredMessage[]>()
  const members = new Map<string, number[]>()
  const lists = new Map<number, string[]>()
  const marks = new Map<string, Map<number, number>>()
  const byUid = new Map(crowd.map((member) => [member.uid, member]))
  const readers = new Map(readerOf)
  for (const { kind, cid, uid } of history.operations) {
    const creator = byUid.get(uid)
    if (kind === 'create' && cid !== '' && creator) readers.set(cid, creator)
  }

  async function get(reader: Member, path: string) {
    const answer = await client.call({ method: 'GET', path, token: reader.token }, reader.uid)
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async function readPages<T>(
    reader: Member,
    path: string,
    read: (item: NonNullable<Awaited<ReturnType<typeof get>>['data']>[number]) => T,
  ) {
    const items: T[] = []
    let cursor: string | undefined
    do {
      const page = await get(
        reader,
        `${path}?limit=${pageSize}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      )
      items.push(...(page.data ?? []).map(read))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return items
  }

  /** Every entry, oldest first: pages leave out those that tell of edits. */
  async function readLog(reader: Member, cid: string): Promise<StoredMessage[]> {
    const log: StoredMessage[] = []
    for (;;) {
      const after = log.at(-1)?.seq ?? 0
      const { data = [] } = await get(reader, `/v1/chats/${cid}/messages?after=${after}&limit=${pageSize}`)
      if (data.length === 0) return log
      for (const { object, id = '', seq = 0, uid = 0, text = '' } of data) {
        // The entry of an edit names, and tells again, the message that it is about.
        const own = object === 'members' ? id : `entry ${seq} of ${cid}`
        const editOf = object === 'edit' ? { editOf: id } : {}
        if (object === 'message') log.push({ id, seq, uid, ...readEditedText(text) })
        else log.push({ id: own, seq, uid, text: '', isNotice: true, ...editOf })
      }
    }
  }

  async function readMembers(reader: Member, cid: string): Promise<number[]> {
    return (await get(reader, `/v1/chats/${cid}`)).users ?? []
  }

  const marked = new Set(history.operations.filter(({ kind }) => kind === 'mark').map(({ cid }) => cid))
  const readChats = [...readers].map(([cid, reader]) => async () => {
    members.set(cid, await readMembers(reader, cid))
    messages.set(cid, await readLog(reader, cid))
    if (marked.has(cid)) {
      const told = (await get(reader, `/v1/chats/${cid}/read`)).data ?? []
      marks.set(cid, new Map(told.map(({ uid = 0, seq = 0 }) => [uid, seq])))
    }
  })
  const readList = (member: Member) => readPages(member, '/v1/chats', ({ id }) => id ?? '')
  const readLists = crowd.map((member) => async () => void lists.set(member.uid, await readList(member)))
  let changed = true
  const compareChats = [...readers].map(([cid, reader]) => async () => {
    if (`${await readMembers(reader, cid)}` !== `${members.get(cid)}`) changed = true
  })
  // A chat that is made while the lists are read is on the later ones only.
  const compareLists = crowd.map((member) => async () => {
    if (`${(await readList(member)).sort()}` !== `${lists.get(member.uid)?.toSorted()}`) changed = true
  })
  // The lists belong to the chats only if no chat was changed from before they were read until after it.
  for (let reading = 1; changed; reading++) {
    if (reading > maxReadings) throw new Error('chats change on and on after the load has ended')
    await doAll(readChats)
    await doAll(readLists)
    changed = false
    await doAll([...compareChats, ...compareLists])
  }
  return { messages, members, lists, marks }
}

async function doAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks]
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let task = left.pop(); task; task = left.pop()) await task()
    }),
  )
}
