import { expect, test } from '@jest/globals'
import { startConsulPair } from './consul-pair.ts'
import { describeWith } from './needs.ts'
import { waitUntil } from './wait-until.ts'

describeWith('consul', 'a pair of Consuls', () => {
  test('loses its leader and finds one again, with what it knew', async () => {
    const pair = await startConsulPair()
    const agent = `http://${pair.dsn}/v1`
    const node = async (query: string) => {
      const answer = await fetch(`${agent}/catalog/service/thing?${query}`)
      return { ok: answer.ok, body: await answer.text() }
    }
    try {
      await fetch(`${agent}/agent/service/register`, {
        method: 'PUT',
        body: JSON.stringify({ ID: 'thing01', Name: 'thing', Port: 1 }),
      })
      // A follower learns late what is committed: only a stale read tells what the first one has.
      await waitUntil('the first has it', async () => (await node('stale')).body.includes('thing01'))
      await pair.loseLeader()
      expect((await node('')).ok).toBe(false)
      expect(await node('stale')).toMatchObject({ ok: true, body: expect.stringContaining('thing01') })
      await pair.findLeader()
      expect(await node('')).toMatchObject({ ok: true, body: expect.stringContaining('thing01') })
    } finally {
      await pair.close()
    }
  })
})
