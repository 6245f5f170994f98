import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Bus, BusEvent } from '@roundtable/common/bus/bus'
import { openBus } from '@roundtable/common/bus/open-bus'
import { signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'

describe('what users do, through the local bus process', () => {
  userEventsSuite('local')
})

describeWith('kafka-server', 'what users do, through real Kafka', () => {
  userEventsSuite('kafka')
})

function userEventsSuite(kind: 'local' | 'kafka'): void {
  let system: Constellation
  let bus: Bus
  const told = { stands: false, breaks: 0 }
  const events: BusEvent[] = []
  beforeAll(async () => {
    system = await startConstellation({ nodes: 0, bus: kind })
    bus = openBus(system.bus.dsn, { logger: silentLogger, clientId: 'test' })
    const onReady = () => {
      told.stands = true
    }
    const onBreak = () => {
      told.breaks++
    }
    bus.subscribe('userEvents', (event) => void events.push(event), { onReady, onBreak })
    await waitUntil('the subscription stands', () => told.stands)
  }, 120_000)
  afterAll(async () => {
    await bus?.close(1_000)
    await system?.close()
  })
  beforeEach(() => {
    events.length = 0
  })
  const signInTester = () => signIn(system.backends[0]?.url ?? '', 'tester')

  test('is told to all processes, in order, and only what changed something', async () => {
    const user = await signInTester()
    for (const method of ['POST', 'POST', 'DELETE', 'DELETE']) {
      expect((await user.call(method, '/v1/friends/2')).status).toBe(200)
    }
    expect((await user.call('POST', '/v1/news', { text: 'Hi there' })).status).toBe(201)
    expect((await user.call('POST', '/v1/auth/sign-out')).status).toBe(200)
    await waitUntil('the last event arrived', () => events.some(({ name }) => name === 'logout'))
    const names = ['login', 'follow', 'unfollow', 'post', 'logout']
    expect(events.map(({ key, name }) => `${key} ${name}`)).toEqual(names.map((name) => `3 ${name}`))
    const aboutFriend = { uid: 3, ts: expect.any(Number), friendId: 2 }
    expect(events[1]?.body).toMatchObject(aboutFriend)
    expect(events[2]?.body).toMatchObject(aboutFriend)
    expect(events[3]?.body).toMatchObject({ uid: 3, ts: expect.any(Number), message: 'Hi there' })
  })

  test('is done and told on while the broker is away and after', async () => {
    await system.bus.kill()
    const user = await signInTester()
    expect((await user.call('POST', '/v1/news', { text: 'while it is away' })).status).toBe(201)
    await waitUntil('the break is noticed', () => !bus.healthy)
    await system.bus.startAgain()
    await waitUntil('the subscription stands again', () => told.breaks > 0)
    expect((await user.call('POST', '/v1/news', { text: 'after' })).status).toBe(201)
    await waitUntil('it is told', () => JSON.stringify(events).includes('after'))
  }, 180_000)
}
