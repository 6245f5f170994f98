import { expect, test } from '@jest/globals'
import { planChats } from './seed-plan.ts'
import { createRandom } from './seeded-random.ts'

const plan = (chats: number, messages: number, seed = 1) => [
  ...planChats(
    { users: 100, chats, messages },
    { first: 4, last: 103 },
    createRandom(seed).next,
    1_700_000_000,
  ),
]

test('there are as many chats and about as many messages as wanted, the first one the largest', () => {
  const chats = plan(11, 1_000)
  expect(chats.length).toBe(11)
  expect(chats.map(({ messages }) => messages.length)).toEqual([200, ...Array.from({ length: 10 }, () => 80)])
  expect(plan(1, 70).map(({ messages }) => messages.length)).toEqual([70])
})

test('members are users that were made, each once, and only they write', () => {
  for (const { users, messages } of plan(200, 2_000)) {
    expect(users.length).toBeGreaterThanOrEqual(2)
    expect(new Set(users).size).toBe(users.length)
    expect(Math.min(...users)).toBeGreaterThanOrEqual(4)
    expect(Math.max(...users)).toBeLessThanOrEqual(103)
    for (const { uid } of messages) expect(users).toContain(uid)
  }
})

test('ids are unlike each other, and the same seed makes the same', () => {
  const ids = plan(50, 5_000).flatMap(({ id, messages }) => [id, ...messages.map((message) => message.id)])
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => /^[0-9a-f]{24}$/.test(id))).toBe(true)
  expect(plan(5, 50)).toEqual(plan(5, 50))
  expect(plan(5, 50)[0]?.id).not.toBe(plan(5, 50, 2)[0]?.id)
})
