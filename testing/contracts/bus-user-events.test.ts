import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bus, BusEvent } from '@roundtable/common/bus/bus'
import { openBus } from '@roundtable/common/bus/open-bus'
import { signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'

let system: Constellation
let bus: Bus
const events: BusEvent[] = []
beforeAll(async () => {
  system = await startConstellation({ nodes: 0 })
  bus = openBus(system.bus.dsn, { logger: silentLogger, clientId: 'test' })
  let stands = false
  const onReady = () => {
    stands = true
  }
  bus.subscribe('userEvents', (event) => void events.push(event), { onReady })
  await waitUntil('the subscription stands', () => stands)
})
afterAll(async () => {
  await bus?.close(1_000)
  await system?.close()
})

test('what a user does is told to all processes, in order, and only what changed something', async () => {
  const user = await signIn(system.backends[0]?.url ?? '', 'tester')
  for (const method of ['POST', 'POST', 'DELETE', 'DELETE']) {
    expect((await user.call(method, '/v1/friends/2')).status).toBe(200)
  }
  expect((await user.call('POST', '/v1/news', { text: 'Hi there' })).status).toBe(201)
  expect((await user.call('POST', '/v1/auth/sign-out')).status).toBe(200)
  await waitUntil('the last event arrived', () => events.some(({ name }) => name === 'logout'))
  expect(events.map(({ key, name }) => `${key} ${name}`)).toEqual([
    '3 login',
    '3 follow',
    '3 unfollow',
    '3 post',
    '3 logout',
  ])
  const aboutFriend = { uid: 3, ts: expect.any(Number), friendId: 2 }
  expect(events[1]?.body).toMatchObject(aboutFriend)
  expect(events[2]?.body).toMatchObject(aboutFriend)
  expect(events[3]?.body).toMatchObject({ uid: 3, ts: expect.any(Number), message: 'Hi there' })
})
