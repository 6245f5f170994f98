import { describe, expect, test } from '@jest/globals'
import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import { ConfigError } from '@roundtable/common/errors'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { RegistryWorld } from './registry-world.ts'

/** What registering and leaving promise. */
export function registeringContract(world: RegistryWorld): void {
  const { startNode, registerNode, watchAll, toldOf, registered, overwrite, remove } = world

  describe('registering', () => {
    test('makes the registration as it was described', async () => {
      const { service, ...node } = await startNode('1')
      await registerNode({ ...node, service })
      expect(await registered(service.id)).toMatchObject({
        Address: service.host,
        Port: service.port,
        Meta: { instance: service.instance },
      })
    })

    test('takes over an id whose address answers no more', async () => {
      const dead = await startNode('1')
      await registerNode(dead)
      await dead.kill()
      const heir = await startNode('1')
      await registerNode(heir)
      expect(await registered(heir.service.id)).toMatchObject({ Port: heir.service.port })
    })

    test('takes over an id whose holder hangs or drains', async () => {
      let holder = await startNode('1')
      await registerNode(holder)
      for (const trouble of ['draining', undefined] as const) {
        holder.behave(trouble)
        const heir = await startNode('1')
        await registerNode(heir)
        expect(await registered(heir.service.id)).toMatchObject({ Port: heir.service.port })
        holder = heir
      }
    })

    test('refuses an id that another live node holds, and names it', async () => {
      const holder = await startNode('1')
      await registerNode(holder)
      const second = await startNode('1')
      const refused = registerNode(second)
      await expect(refused).rejects.toThrow(ConfigError)
      await expect(refused).rejects.toThrow(holder.service.id)
      await expect(refused).rejects.toThrow(`127.0.0.1:${holder.service.port}`)
      expect(await registered(holder.service.id)).toMatchObject({ Port: holder.service.port })
    })

    test('mends a registration that is gone or was changed', async () => {
      const node = await startNode('1')
      const { service } = node
      await registerNode(node)
      await remove(service.id)
      await waitUntil('it is registered again', async () => (await registered(service.id)) !== undefined)
      await overwrite({ ...service, port: await freePort() })
      await waitUntil('its port is mended', async () => (await registered(service.id))?.Port === service.port)
      const { told } = watchAll()
      await toldOf(told, [node])
    })

    test('leaves an id that another live node came to hold, and tells it once', async () => {
      const holders: ServiceInstance[] = []
      const node = await startNode('1')
      const other = await startNode('1')
      const registration = await registerNode(node, { onHeldByAnother: (holder) => holders.push(holder) })
      await overwrite(other.service)
      await waitUntil('the other one is told', () => holders.length > 0)
      await registration.deregister()
      const { id, host, port, instance } = other.service
      expect(holders).toEqual([{ id, host, port, instance }])
      expect(await registered(id)).toMatchObject({ Port: port })
    })
  })

  describe('deregistering', () => {
    test('takes the registration back', async () => {
      const node = await startNode('1')
      const registration = await registerNode(node)
      const { told } = watchAll()
      await toldOf(told, [node])
      await registration.deregister()
      await toldOf(told, [])
      expect(await registered(node.service.id)).toBeUndefined()
    })

    test('leaves alone what is another run’s', async () => {
      const frozen = await startNode('1')
      const registration = await registerNode(frozen)
      frozen.behave(undefined)
      const heir = await startNode('1')
      await registerNode(heir)
      await registration.deregister()
      expect(await registered(heir.service.id)).toMatchObject({ Port: heir.service.port })
    })
  })
}
