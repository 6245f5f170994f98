import { describe, expect, test } from '@jest/globals'
import { waitUntil } from '../servers/wait-until.ts'
import type { PingingNode } from './registry-node.ts'
import type { RegistryWorld } from './registry-world.ts'

/** What a watch tells, on whatever speaks Consul's HTTP API. */
export function watchingContract(world: RegistryWorld): void {
  const { startNode, registerNode, watchAll, toldOf, ask, overwrite, remove } = world

  describe('watching', () => {
    test('tells nobody of a service that has no instance', async () => {
      const { told } = watchAll()
      await toldOf(told, [])
    })

    test('tells at once who came, who left and who was replaced at the same count', async () => {
      const { told } = watchAll()
      await toldOf(told, [])
      const [first, second, third] = [await startNode('1'), await startNode('2'), await startNode('3')]
      await registerNode(first)
      await toldOf(told, [first])
      const registration = await registerNode(second)
      await toldOf(told, [first, second])
      await Promise.all([registration.deregister(), registerNode(third)])
      await toldOf(told, [first, third])
      await third.kill()
      await toldOf(told, [first])
    })

    test('tells that a node drains, hangs, and is well again', async () => {
      const node = await startNode('1')
      await registerNode(node)
      const { told } = watchAll()
      for (const trouble of ['draining', undefined] as const) {
        await toldOf(told, [node])
        node.behave(trouble)
        await toldOf(told, [])
        node.behave('ok')
      }
      await toldOf(told, [node])
    })

    test('keeps a node that was well and fails its check a few times, not one that goes on failing', async () => {
      const node = await startNode('1')
      await registerNode(node)
      const { told } = watchAll()
      await toldOf(told, [node])
      const moreChecks = async (count: number) => {
        const goal = node.asked() + count
        await waitUntil(`${count} more checks`, () => node.asked() >= goal)
      }
      await moreChecks(2)
      node.behave('draining')
      await moreChecks(3)
      node.behave('ok')
      await moreChecks(2)
      expect(told.filter((instances) => instances.length === 0)).toEqual([])
      node.behave('draining')
      await toldOf(told, [])
    })

    test('tells a new instance at an old address', async () => {
      const before = await startNode('1')
      await registerNode(before)
      const { told } = watchAll()
      await toldOf(told, [before])
      await before.kill()
      const after = await startNode('1', before.service.port)
      await registerNode(after)
      await toldOf(told, [after])
    })

    test('tells nothing after it was closed', async () => {
      const { told, watch } = watchAll()
      await toldOf(told, [])
      await watch.close()
      const seen = told.length
      const node = await startNode('1')
      await registerNode(node)
      await waitUntil('the node passes', async () => {
        const answer = await ask('GET', `/v1/health/service/${world.serviceName}?passing`)
        return ((await answer.json()) as unknown[]).length === 1
      })
      expect(told).toHaveLength(seen)
    })

    test('tells the same nodes throughout, and the right ones in the end, while others come and go', async () => {
      const steady = [await startNode('1'), await startNode('2')]
      for (const node of steady) await registerNode(node)
      const { told } = watchAll()
      await toldOf(told, steady)
      told.splice(0)
      const restless = await Promise.all(['3', '4', '5'].map((id) => startNode(id)))
      const joined = new Set<PingingNode>()
      const comeOrGo = async (node: PingingNode): Promise<void> => {
        if (joined.delete(node)) return remove(node.service.id)
        joined.add(node)
        await overwrite(node.service)
      }
      // A watch asks twice a second, so that many changes come between any two answers.
      while (told.length < 4) {
        for (const node of restless) await comeOrGo(node)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      for (const [i, node] of restless.entries()) if (joined.has(node) !== (i === 1)) await comeOrGo(node)
      await toldOf(told, [...steady, ...joined])
      for (const instances of told) {
        const ids = instances.map(({ id }) => id)
        expect(ids).toEqual([...new Set(ids)])
        expect(ids).toEqual(expect.arrayContaining(steady.map(({ service }) => service.id)))
      }
    })

    test('tells one of two registrations of an address: the later, and the other when that one is gone', async () => {
      const { service } = await startNode('1')
      const later = { ...service, id: `${service.id}-later`, instance: 'later' }
      await overwrite(service)
      const { told } = watchAll()
      await toldOf(told, [{ service }])
      await overwrite(later)
      await toldOf(told, [{ service: later }])
      await overwrite({ ...service, instance: 'latest' })
      await toldOf(told, [{ service: { ...service, instance: 'latest' } }])
      await remove(service.id)
      await toldOf(told, [{ service: later }])
    })
  })
}
