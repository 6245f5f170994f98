import { expect, test } from '@jest/globals'
import { WrongPasswords } from './wrong-passwords.ts'

function start() {
  const clock = { ms: 0 }
  const wrong = new WrongPasswords(() => clock.ms)
  const begin = () => wrong.begin('Name', '192.0.2.1')
  return { clock, wrong, begin }
}
const slowDown = (retryAfterS: number) => expect.objectContaining({ code: 4290, retryAfterS })

test('ten are let through, the eleventh is told when to come again', () => {
  const { clock, begin } = start()
  for (let n = 0; n < 10; n++) {
    clock.ms = n * 1000
    begin()
  }
  clock.ms = 20_000
  expect(begin).toThrow(slowDown(40))
})

test('the minute moves with the clock: in none of its places are there eleven', () => {
  const { clock, begin } = start()
  begin()
  clock.ms = 59_000
  for (let n = 0; n < 9; n++) begin()
  clock.ms = 60_001
  begin()
  expect(begin).toThrow(slowDown(59))
  clock.ms = 119_001
  begin()
})

test('one that was right is taken back, once', () => {
  const { begin } = start()
  for (let n = 0; n < 9; n++) begin()
  const takeBack = begin()
  expect(begin).toThrow(slowDown(60))
  takeBack()
  begin()
  expect(begin).toThrow(slowDown(60))
})

test('each name and each address is counted by itself, letter case aside', () => {
  const { wrong, begin } = start()
  for (let n = 0; n < 10; n++) begin()
  expect(() => wrong.check('NAME', '192.0.2.1')).toThrow(slowDown(60))
  wrong.begin('Name', '192.0.2.2')
  wrong.begin('Other', '192.0.2.1')
})
