import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import type { WebSocket } from 'ws'
import { GuardedSocket } from './guarded-socket.ts'

const logger = createLogger('test').child({}, { level: 'silent' })

test('the frames of one turn go to the system with one call', async () => {
  const calls: number[] = []
  const tcp = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => {
      calls.push(1)
      done()
    },
    writev: (chunks, done) => {
      calls.push(chunks.length)
      done()
    },
  })
  const ws = { readyState: 1, OPEN: 1, bufferedAmount: 0, on() {}, send: (frame: Buffer) => tcp.write(frame) }
  const socket = new GuardedSocket(ws as unknown as WebSocket, tcp as unknown as Socket, {
    logger,
    now: () => 0,
  })
  for (let frame = 0; frame < 100; frame++) socket.send(Buffer.from('x'))
  await new Promise((resolve) => setImmediate(resolve))
  socket.send(Buffer.from('y'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(calls).toEqual([100, 1])
})

test('a client that lets too much wait, or some for too long, is closed with a code that says resume', () => {
  const open = (bufferedAmount: number) => {
    const codes: number[] = []
    const tcp = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    const close = (code: number) => void codes.push(code)
    const ws = { readyState: 1, OPEN: 1, bufferedAmount, on() {}, send() {}, close }
    const services = { logger, now: () => 0 }
    const socket = new GuardedSocket(ws as unknown as WebSocket, tcp as unknown as Socket, services)
    return { socket, codes }
  }
  const much = open(2 * 1024 * 1024)
  much.socket.send(Buffer.from('x'))
  expect(much.codes).toEqual([4409])

  const long = open(512 * 1024)
  long.socket.send(Buffer.from('x'))
  for (let ms = 0; ms <= 5_000; ms += 1_000) long.socket.tick(ms)
  expect(long.codes).toEqual([])
  long.socket.tick(6_000)
  expect(long.codes).toEqual([4409])
})
