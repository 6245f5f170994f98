import { expect, test } from '@jest/globals'
import type { BusEvent } from '@roundtable/common/bus/bus'
import { createUserEvents } from './user-events.ts'

test("what a user did is told on the topic, with the user's id as key", () => {
  const told: [string, BusEvent][] = []
  const tell = createUserEvents({ publish: (topic, event) => void told.push([topic, event]) }, 'userEvents')
  const follow = { name: 'follow', uid: 3, ts: 1_700_000_000, friendId: 2 } as const
  tell(follow)
  const body = { uid: 3, ts: 1_700_000_000, friendId: 2 }
  expect(told).toEqual([['userEvents', { key: '3', name: 'follow', body }]])
})
