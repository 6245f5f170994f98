import { describe, expect, test } from '@jest/globals'
import type { FoundMessages } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import { editOf } from './dialogue-edits.ts'
import { chatOf, newMessage, refusal, someUser, type TwoNodes } from './dialogue-requests.ts'

/** What every store keeps to with searches. */
export function searchContract(nodes: TwoNodes): void {
  async function search(query: { cid?: string; uid: number; q: string; limit?: number }): Promise<string[]> {
    const texts: string[] = []
    let page: FoundMessages
    let cursor: string | undefined
    do {
      page = await nodes.two.messages.search({ limit: 200, ...query, ...(cursor ? { cursor } : {}) })
      expect(page.data.length).toBeLessThanOrEqual(query.limit ?? 200)
      texts.push(...page.data.map(({ text }) => text))
      cursor = page.nextCursor
    } while (cursor)
    return texts
  }

  async function chatWith(uid: number, ...texts: string[]) {
    const { id: cid } = await chatOf(nodes.one, uid, someUser())
    for (const txt of texts) await nodes.one.messages.append(newMessage(cid, uid, txt))
    return cid
  }

  describe('a search in a chat', () => {
    test('finds whole words, all of them, whatever their case and accents, newest first', async () => {
      const uid = someUser()
      const texts = [
        'The Café is open',
        'cafe, closed!',
        'a cafeteria',
        'open cafe',
        'Öffnen? CAFÉ',
        '東京 привет',
      ]
      const cid = await chatWith(uid, ...texts)
      await chatWith(uid, 'another cafe, open')
      const find = (q: string) => search({ cid, uid, q })
      expect(await find('CAFE')).toEqual(['Öffnen? CAFÉ', 'open cafe', 'cafe, closed!', 'The Café is open'])
      expect(await find('café open')).toEqual(['open cafe', 'The Café is open'])
      expect(await find('"closed" -the')).toEqual([])
      expect(await find('offnen')).toEqual(['Öffnen? CAFÉ'])
      expect(await find('Привет')).toEqual(['東京 привет'])
      expect(await find('nowhere')).toEqual([])
      expect(await find(cid)).toEqual([])
    })

    test.each(["don't", 'twenty-one', 'me@example.org', 'snake_case', 'a/b\\c', '“quoted”', 'x²'])(
      'finds %s by its parts and as it is written',
      async (text) => {
        const uid = someUser()
        const cid = await chatWith(uid, `before ${text} after`)
        const parts = text.match(/[\p{L}\p{N}_]+/gu) ?? []
        for (const q of [text, ...parts])
          expect([q, await search({ cid, uid, q })]).toEqual([q, [`before ${text} after`]])
      },
    )

    test('follows edits and deletions', async () => {
      const uid = someUser()
      const { id: cid } = await chatOf(nodes.one, uid)
      const message = await nodes.one.messages.append(newMessage(cid, uid, 'apples'))
      const edited = await nodes.one.messages.edit(message.id, editOf(message, 'pears'))
      expect(await search({ cid, uid, q: 'apples' })).toEqual([])
      expect(await nodes.two.messages.search({ cid, uid, q: 'pears', limit: 5 })).toEqual({
        object: 'list',
        data: [edited],
      })
      await nodes.one.messages.remove(message.id, { cid, uid })
      expect(await search({ cid, uid, q: 'pears' })).toEqual([])
    })

    test('is paged, each message once', async () => {
      const uid = someUser()
      const texts = Array.from({ length: 13 }, (_, i) => `needle ${i}`)
      const cid = await chatWith(uid, ...texts.flatMap((text) => [text, 'hay']))
      for (const limit of [1, 4, 12, 13, 14]) {
        expect(await search({ cid, uid, q: 'needle', limit })).toEqual(texts.toReversed())
      }
    })

    test('is for members, needs a word, and takes no cursor from elsewhere', async () => {
      const uid = someUser()
      const cid = await chatWith(uid, 'needle')
      const ask = (more: object) => nodes.one.messages.search({ cid, uid, q: 'needle', limit: 5, ...more })
      await expect(ask({ uid: someUser() })).rejects.toEqual(refusal(4040))
      for (const q of ['?!', '" -', 'a b c d e f g h i j k']) {
        await expect(ask({ q })).rejects.toEqual(refusal(4001))
      }
      for (const cursor of [randomResourceId(), 'x']) {
        await expect(ask({ cursor })).rejects.toEqual(refusal(4001))
        await expect(nodes.one.messages.search({ uid, q: 'needle', limit: 5, cursor })).rejects.toEqual(
          refusal(4001),
        )
      }
    })
  })

  describe("a search in all of a user's chats", () => {
    test('finds in each of them, and in no others, page by page', async () => {
      const [uid, other] = [someUser(), someUser()]
      const texts: string[] = []
      for (let i = 0; i < 45; i += 1) {
        const some =
          i % 3 === 0 ? [`needle ${i}`] : i % 3 === 1 ? [`needle ${i}`, 'hay', `more needle ${i}`] : ['hay']
        texts.push(...some.filter((text) => text.includes('needle')))
        await chatWith(uid, ...some)
      }
      await chatWith(other, 'a needle of others')
      for (const limit of [1, 2, 7, 45, 46, 200]) {
        const found = await search({ uid, q: 'needle', limit })
        expect(found.toSorted()).toEqual(texts.toSorted())
      }
    })

    test('goes on in no chat that the user is not in, whatever the cursor says', async () => {
      const [uid, stranger, removed] = [someUser(), someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, uid, removed)
      for (const txt of ['needle 1', 'needle 2', 'needle 3'])
        await nodes.one.messages.append(newMessage(cid, uid, txt))
      const page = (of: number, cursor: string) =>
        nodes.two.messages.search({ uid: of, q: 'needle', limit: 1, cursor })
      const nothing = { object: 'list', data: [] }

      const forged = Buffer.from(`${stranger}.0.${Date.now()}.${cid}.3`).toString('base64url')
      expect(await page(stranger, forged)).toEqual(nothing)

      const { nextCursor = '' } = await nodes.two.messages.search({ uid: removed, q: 'needle', limit: 1 })
      expect(await page(removed, nextCursor)).toMatchObject({ data: [{ text: 'needle 2' }] })
      await nodes.one.chats.changeMembers(cid, uid, { change: randomResourceId(), rev: 0, users: [uid] })
      expect(await page(removed, nextCursor)).toEqual(nothing)
    })
  })
}
