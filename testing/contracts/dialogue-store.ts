import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { chatsContract } from './dialogue-chats.ts'
import { editsContract } from './dialogue-edits.ts'
import { messagesContract } from './dialogue-messages.ts'
import { persisting, type TwoNodes } from './dialogue-requests.ts'
import { searchContract } from './dialogue-search.ts'
import { unreadContract } from './dialogue-unread.ts'

/**
 * What every store of chats and messages keeps to.
 * @param open opens one more store on the same data, as another node would
 */
export function dialogueStoreContract(open: () => Promise<DialogueStore>): void {
  const stores: DialogueStore[] = []
  const node = (place: number): DialogueStore => {
    const store = stores[place]
    if (!store) throw new Error('the stores are not open')
    return persisting(store)
  }
  const nodes: TwoNodes = {
    get one() {
      return node(0)
    },
    get two() {
      return node(1)
    },
  }
  beforeAll(async () => {
    // At once: two nodes that start together both find the data as they need it.
    stores.push(...(await Promise.all([open(), open()])))
  })
  afterAll(async () => {
    for (const store of stores) await store.close()
  })

  chatsContract(nodes)
  messagesContract(nodes)
  editsContract(nodes)
  unreadContract(nodes)
  searchContract(nodes)

  test('answers a ping', async () => {
    await expect(nodes.one.ping()).resolves.toBeUndefined()
  })
}
