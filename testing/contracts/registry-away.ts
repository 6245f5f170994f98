import { describe, test } from '@jest/globals'
import { freePort } from '../servers/free-port.ts'
import type { RunningRegistry } from './registry-servers.ts'
import type { RegistryWorld } from './registry-world.ts'

/** What becomes of nodes and watches when the registry is not there. */
export function registryAwayContract(world: RegistryWorld): void {
  const { startRegistry, startNode, registerNode, watchAll, toldOf, onClose } = world

  describe('a registry that is away', () => {
    let own: RunningRegistry

    test('is restarted empty: nodes register again, the watch goes on', async () => {
      own = await startRegistry()
      onClose(() => own.kill())
      const [first, second] = [await startNode('1'), await startNode('2')]
      await registerNode(first, { dsn: own.dsn })
      await registerNode(second, { dsn: own.dsn })
      const { told } = watchAll(own.dsn)
      await toldOf(told, [first, second])
      await own.kill()
      await second.kill()
      own = await startRegistry(own.port)
      await toldOf(told, [first])
    })

    test('is there later than the node: it is registered then', async () => {
      const port = await freePort()
      const node = await startNode('1')
      await registerNode(node, { dsn: `127.0.0.1:${port}` })
      const { told } = watchAll(`127.0.0.1:${port}`)
      own = await startRegistry(port)
      onClose(() => own.kill())
      await toldOf(told, [node])
    })

    test('stops nobody from leaving', async () => {
      own = await startRegistry()
      const registration = await registerNode(await startNode('1'), { dsn: own.dsn })
      await own.kill()
      await registration.deregister()
    })
  })
}
