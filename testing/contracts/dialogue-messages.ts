import { describe, expect, test } from '@jest/globals'
import { randomResourceId } from '@roundtable/common/resource-id'
import { allMessages, chatOf, newMessage, refusal, someUser, type TwoNodes } from './dialogue-requests.ts'

/** What every store keeps to with messages and the logs they make. */
export function messagesContract(nodes: TwoNodes): void {
  describe('a message', () => {
    test('is stored once, however often it is sent', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      const request = newMessage(cid, a)
      const first = await nodes.one.messages.append(request)
      expect(first).toEqual({
        object: 'message',
        id: request.id,
        cid,
        uid: a,
        createdAt: expect.any(Number),
        text: 'Hi there',
        seq: 1,
      })
      expect(Math.abs(first.createdAt - Date.now() / 1000)).toBeLessThan(60)
      const second = await nodes.two.messages.append(newMessage(cid, b))
      expect(second.seq).toBe(2)
      expect(await nodes.two.messages.append(request)).toEqual(first)
      expect(await nodes.one.messages.append(request)).toEqual(first)
      expect(await allMessages(nodes.two, { cid, uid: b })).toEqual([second, first])
    })

    test('sent to two nodes at once is stored once', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      for (let round = 0; round < 20; round += 1) {
        const request = newMessage(cid, a)
        const answers = await Promise.all(
          [nodes.one, nodes.two, nodes.one, nodes.two].map((s) => s.messages.append(request)),
        )
        for (const answer of answers) expect(answer).toEqual(answers[0])
      }
      const all = await allMessages(nodes.one, { cid, uid: a })
      expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i))
    })

    test('does not give its id to another one', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      const { id: elsewhere } = await chatOf(nodes.one, a, b)
      const request = newMessage(cid, a)
      await nodes.one.messages.append(request)
      for (const other of [{ txt: 'Something else' }, { uid: b }, { cid: elsewhere }]) {
        await expect(nodes.two.messages.append({ ...request, ...other })).rejects.toEqual(refusal(4090))
      }
      // In one batch with others, which it must not take along.
      const [before, reused, after] = await Promise.allSettled([
        nodes.one.messages.append(newMessage(cid, a, 'before')),
        nodes.one.messages.append({ ...request, txt: 'Something else' }),
        nodes.one.messages.append(newMessage(cid, a, 'after')),
      ])
      expect([before, after].map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
      expect(reused).toEqual({ status: 'rejected', reason: refusal(4090) })
      const all = await allMessages(nodes.one, { cid, uid: b })
      expect(all.map(({ seq, text }) => [seq, text])).toEqual([
        [3, 'after'],
        [2, 'before'],
        [1, 'Hi there'],
      ])
      expect(await allMessages(nodes.one, { cid: elsewhere, uid: b })).toEqual([])
    })

    test('of one who is no member any more is refused, those sent with it are not', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a)
      const outcomes = await Promise.allSettled(
        [a, b, a, b].map((uid) => nodes.one.messages.append(newMessage(cid, uid))),
      )
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
      expect(await allMessages(nodes.two, { cid, uid: a })).toHaveLength(2)
    })

    test.each([
      ['emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇳'],
      ['right to left', 'שלום \u202emirror\u202c عليكم'],
      ['NUL', 'before\0after\0'],
      ['NUL alone', '\0'],
      ['combining', 'e\u0301 and é are not made one'],
      ['control', '\u0001\u001b[31m\u007f\r\n\t'],
      ['line separators', '\u2028\u2029\ufeff\uffff'],
      ['what others read as code', `'; DROP TABLE messages; -- <script>{"$gt": ""}`],
      ['4096 astral', '𝒳'.repeat(4096)],
    ])('with text of the kind %s is answered as sent', async (_, txt) => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      const stored = await nodes.one.messages.append(newMessage(cid, a, txt))
      expect(stored.text).toBe(txt)
      const [read] = await allMessages(nodes.two, { cid, uid: a })
      expect(read?.text).toBe(txt)
    })
  })

  describe('the log of a chat', () => {
    test('has no holes under 200 appends at once from two nodes', async () => {
      const users = [someUser(), someUser(), someUser()] as const
      const { id: cid } = await chatOf(nodes.one, ...users)
      const stored = await Promise.all(
        Array.from({ length: 200 }, (_, i) => {
          const message = newMessage(cid, users[i % 3] ?? 0, `${i}`)
          return (i % 2 ? nodes.one : nodes.two).messages.append(message)
        }),
      )
      const all = await allMessages(nodes.one, { cid, uid: users[0], limit: 37 })
      expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => 200 - i))
      expect(all).toEqual(stored.toSorted((x, y) => y.seq - x.seq))
    })

    test('keeps the order in which one sends', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      for (let i = 1; i <= 30; i += 1) {
        const stored = await (i % 2 ? nodes.one : nodes.two).messages.append(newMessage(cid, a, `${i}`))
        expect(stored.seq).toBe(i)
      }
      const all = await allMessages(nodes.one, { cid, uid: a })
      expect(all.map(({ text }) => Number(text))).toEqual(Array.from({ length: 30 }, (_, i) => 30 - i))
    })

    test('is paged back through 3,000 messages, each once', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      for (let first = 0; first < 3_000; first += 500) {
        await Promise.all(
          Array.from({ length: 500 }, (_, i) => {
            const message = newMessage(cid, a, `${first + i}`)
            return nodes.one.messages.append(message)
          }),
        )
      }
      const pages: number[][] = []
      let cursor: string | undefined
      do {
        const page = await nodes.two.messages.list({ cid, uid: a, limit: 200, ...(cursor ? { cursor } : {}) })
        pages.push(page.data.map(({ seq }) => seq))
        cursor = page.nextCursor
        // What comes in meanwhile shifts nothing.
        if (pages.length === 3) await nodes.one.messages.append(newMessage(cid, a, 'late'))
      } while (cursor)
      expect(pages.map(({ length }) => length)).toEqual(Array(15).fill(200))
      expect(pages.flat()).toEqual(Array.from({ length: 3_000 }, (_, i) => 3_000 - i))
    })

    test('tells of more only when there is more', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      expect(await nodes.one.messages.list({ cid, uid: a, limit: 2 })).toEqual({ object: 'list', data: [] })
      for (let i = 0; i < 4; i += 1) await nodes.one.messages.append(newMessage(cid, a))
      const first = await nodes.one.messages.list({ cid, uid: a, limit: 2 })
      expect(first.nextCursor).toBe(first.data[1]?.id)
      const second = await nodes.one.messages.list({ cid, uid: a, limit: 2, cursor: `${first.nextCursor}` })
      expect(second.data.map(({ seq }) => seq)).toEqual([2, 1])
      expect('nextCursor' in second).toBe(false)
      const none = await nodes.one.messages.list({ cid, uid: a, limit: 2, cursor: `${second.data[1]?.id}` })
      expect(none).toEqual({ object: 'list', data: [] })
    })

    test('refuses a cursor that is no message of it', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      const { id: elsewhere } = await chatOf(nodes.one, a)
      const { id: cursor } = await nodes.one.messages.append(newMessage(elsewhere, a))
      for (const foreign of [cursor, cid, randomResourceId()]) {
        const query = { cid, uid: a, limit: 10, cursor: foreign }
        await expect(nodes.one.messages.list(query)).rejects.toEqual(refusal(4001))
      }
    })
  })
}
