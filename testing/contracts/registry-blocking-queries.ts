import { describe, expect, test } from '@jest/globals'
import { waitUntil } from '../servers/wait-until.ts'
import type { RegistryWorld } from './registry-world.ts'

/** How questions wait: https://developer.hashicorp.com/consul/api-docs/features/blocking */
export function blockingQueriesContract(world: RegistryWorld): void {
  const { startNode, ask, overwrite } = world

  describe('blocking queries', () => {
    async function askHealth(query: string): Promise<{ index: number; ids: string[] }> {
      const answer = await ask('GET', `/v1/health/service/${world.serviceName}?stale${query}`)
      const entries = (await answer.json()) as { Service: { ID: string } }[]
      expect(answer.status).toBe(200)
      return {
        index: Number(answer.headers.get('x-consul-index')),
        ids: entries.map((entry) => entry.Service.ID),
      }
    }

    test('answer at once without an index, with index 0 and with one that has passed', async () => {
      await overwrite((await startNode('1')).service)
      await waitUntil('it is listed', async () => (await askHealth('')).ids.length === 1)
      const { index } = await askHealth('')
      expect(index).toBeGreaterThan(0)
      for (const query of ['&index=0&wait=5m', `&index=${index - 1}&wait=5m`]) {
        expect(await askHealth(query)).toEqual({ index, ids: [`${world.serviceName}-1`] })
      }
    })

    test('answer with what there is when the wait ends', async () => {
      const { index } = await askHealth('')
      expect((await askHealth(`&index=${index}&wait=100ms`)).ids).toEqual([])
    })

    test('answer with a greater index as soon as there is a change', async () => {
      const before = await askHealth('')
      const waiting = askHealth(`&index=${before.index}&wait=5m`)
      await overwrite((await startNode('1')).service)
      const after = await waiting
      expect(after.ids).toEqual([`${world.serviceName}-1`])
      expect(after.index).toBeGreaterThan(before.index)
    })

    test('do not wake by a repeated registration that changes nothing', async () => {
      const { service } = await startNode('1')
      await overwrite(service)
      await waitUntil('it is listed', async () => (await askHealth('')).ids.length === 1)
      const { index } = await askHealth('')
      await overwrite(service)
      expect(await askHealth(`&index=${index}&wait=500ms`)).toEqual({ index, ids: [service.id] })
    })

    test('refuse an index or a wait that is none', async () => {
      for (const query of ['index=x', 'index=-1', 'index=1&wait=soon']) {
        expect((await ask('GET', `/v1/health/service/${world.serviceName}?${query}`)).status).toBe(400)
      }
    })
  })
}
