import { expect, test } from '@jest/globals'
import type { DialogueStore } from './dialogue-store.ts'
import { createLateStore } from './late-store.ts'

const away = expect.objectContaining({ code: 5032 })

function storeThatTells(told: string[]): DialogueStore {
  const unused = () => Promise.reject(new Error('not asked here'))
  return {
    chats: {
      create: unused,
      get: unused,
      changeMembers: unused,
      list: unused,
      heads: unused,
      markRead: unused,
      readMarks: unused,
    },
    messages: {
      append: unused,
      get: unused,
      edit: unused,
      remove: unused,
      after: unused,
      search: unused,
      list: async () => {
        told.push('list')
        return { object: 'list', data: [] }
      },
    },
    ping: async () => void told.push('ping'),
    close: async () => void told.push('close'),
  }
}

/** An opening that ends when it is told to. */
function slowOpening(store: DialogueStore) {
  let end = (): void => {}
  const ended = new Promise<DialogueStore>((resolve) => {
    end = () => resolve(store)
  })
  return { ended, end }
}

test('is away until it is open, and the store it was opened with from then on', async () => {
  const told: string[] = []
  const store = createLateStore()
  const list = async () => await store.messages.list({ cid: 'c', uid: 1, limit: 1 })
  const opening = slowOpening(storeThatTells(told))
  const open = store.open(() => opening.ended)
  await expect(list()).rejects.toEqual(away)
  await expect(async () => await store.chats.get('c', 1)).rejects.toEqual(away)
  await expect(store.ping()).rejects.toEqual(away)
  opening.end()
  await open
  await list()
  await store.ping()
  await store.close()
  expect(told).toEqual(['list', 'ping', 'close'])
})

test('closed before it is open tells the opening, and closes what comes of it all the same', async () => {
  const told: string[] = []
  const store = createLateStore()
  const opening = slowOpening(storeThatTells(told))
  let closing: AbortSignal | undefined
  const open = store.open((signal) => {
    closing = signal
    return opening.ended
  })
  await store.close()
  expect(closing?.aborted).toBe(true)
  opening.end()
  await expect(open).rejects.toHaveProperty('name', 'AbortError')
  expect(told).toEqual(['close'])
  await expect(store.ping()).rejects.toEqual(away)
})
