import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Lifecycle } from '@roundtable/common/lifecycle'
import { registerNode } from '@roundtable/dialogue/registration'
import { silentLogger } from './dialogue-logger.ts'
import { type RunningRegistry, startDevAgent } from './registry-servers.ts'
import { registeredIds } from './start-dialogue-node.ts'

let registry: RunningRegistry
beforeAll(async () => {
  registry = await startDevAgent()
})
afterAll(() => registry?.kill())

const register = (lifecycle: Lifecycle) =>
  registerNode({
    lifecycle,
    logger: silentLogger,
    node: { id: 'dialogue01', instance: 'run-1', status: 'ok' },
    consulDsn: registry.dsn,
    service: { name: 'dialogue', host: '127.0.0.1', port: 1 },
  })

test('a node is on the list until it closes', async () => {
  const lifecycle = new Lifecycle(silentLogger)
  await register(lifecycle)
  expect(await registeredIds(registry.dsn)).toEqual(['dialogue01'])
  await lifecycle.close()
  expect(await registeredIds(registry.dsn)).toEqual([])
})

test('one that was told to stop while it started is not put on it', async () => {
  const lifecycle = new Lifecycle(silentLogger)
  await lifecycle.close()
  await register(lifecycle)
  expect(await registeredIds(registry.dsn)).toEqual([])
})
