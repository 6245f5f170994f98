import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { type Load, readWholeChat, startLoad } from '../constellation/load.ts'
import {
  type Constellation,
  type ConstellationOptions,
  startConstellation,
} from '../constellation/start-constellation.ts'
import { waitUntil } from '../servers/wait-until.ts'

/**
 * What one fault must not do: fail a request, lose, double or reorder a message. On whatever the options name.
 * @param store a node that is frozen amid a write holds the lock of a SQLite file, but nothing of MongoDB
 */
export function failoverSuite(store: 'sqlite' | 'mongodb', options: () => ConstellationOptions): void {
  let system: Constellation
  let user: ApiUser
  let load: Load
  let chats: string[]

  beforeEach(async () => {
    system = await startConstellation(options())
    const url = system.backends[0]?.url ?? ''
    user = await signIn(url, 'tester')
    await waitUntil('both nodes serve', async () => {
      const answers = [await user.call('GET', '/v1/chats'), await user.call('GET', '/v1/chats')]
      return new Set(answers.map((answer) => answer.headers.get('x-served-by'))).size === 2
    })
    chats = []
    for (let i = 0; i < 3; i++) chats.push((await user.call('POST', '/v1/chats', { users: [1, 3] })).body.id)
    load = startLoad({ user, chats })
    await moreAnswers(50)
  })

  afterEach(async () => {
    await load?.stop()
    await system?.close()
  })

  async function moreAnswers(count: number): Promise<void> {
    const goal = load.history.answered + count
    await waitUntil(`${count} more answers`, () => load.history.answered >= goal)
  }

  /** All that was acknowledged is there once, in the order of seq without a hole, and nothing else is. */
  async function nobodyNoticed(): Promise<void> {
    const history = await load.stop()
    expect(history.failed).toEqual([])
    for (const cid of chats) {
      const stored = await readWholeChat(user, cid)
      expect(stored.map((message) => message.seq)).toEqual(stored.map((_, i) => i + 1))
      const texts = stored.map((message) => message.text)
      expect([...texts].sort()).toEqual([...(history.sent.get(cid) ?? [])].sort())
      expect(new Set(texts).size).toBe(texts.length)
    }
  }

  test('a node is stopped', async () => {
    const node = system.nodes.get('dialogue02')
    node?.process.signal('SIGTERM')
    await node?.process.exited
    expect(await system.passing()).toEqual(['dialogue01'])
    await moreAnswers(100)
    await nobodyNoticed()
  })

  test('a node is killed and comes back', async () => {
    const node = system.nodes.get('dialogue02')
    node?.process.signal('SIGKILL')
    await node?.process.exited
    await waitUntil('the topology shows it', async () => {
      const { body } = await user.call('GET', '/v1/topology')
      const killed = body.nodes.find(({ id }) => id === 'dialogue02')
      return killed === undefined || killed.state === 'suspect'
    })
    await waitUntil('the registry noticed', async () => (await system.passing()).length === 1)
    await moreAnswers(50)
    const before = load.history.servedBy.get('dialogue02') ?? 0
    await system.startNode('dialogue02', { port: Number(new URL(node?.url ?? '').port) })
    await waitUntil('it serves again', () => (load.history.servedBy.get('dialogue02') ?? 0) > before)
    await nobodyNoticed()
  })

  const testWhereLocksAreNotShared = store === 'mongodb' ? test : () => {}
  testWhereLocksAreNotShared('a node is frozen and thaws', async () => {
    const node = system.nodes.get('dialogue02')
    node?.process.signal('SIGSTOP')
    await waitUntil('the registry noticed', async () => (await system.passing()).length === 1)
    await moreAnswers(100)
    const before = load.history.servedBy.get('dialogue02') ?? 0
    node?.process.signal('SIGCONT')
    await waitUntil('it serves again', () => (load.history.servedBy.get('dialogue02') ?? 0) > before)
    await nobodyNoticed()
  })

  test('a node is replaced by another at the same count', async () => {
    const node = system.nodes.get('dialogue02')
    await Promise.all([system.startNode('dialogue03'), node?.process.stop()])
    await waitUntil('the new node serves', () => (load.history.servedBy.get('dialogue03') ?? 0) > 20)
    await nobodyNoticed()
  })

  test('the registry is restarted empty', async () => {
    await system.restartRegistryEmpty()
    await waitUntil('both nodes are registered again', async () => (await system.passing()).length === 2)
    await moreAnswers(100)
    await nobodyNoticed()
  })
}
