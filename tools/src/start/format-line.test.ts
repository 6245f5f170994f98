import { expect, test } from '@jest/globals'
import { formatLine } from './format-line.ts'

test('a request is told in one short line with its id and who served it', () => {
  const line = JSON.stringify({
    level: 'info',
    time: '2026-01-02T03:04:05.678Z',
    service: 'backend',
    reqId: 'r-1',
    method: 'GET',
    url: '/v1/chats',
    remoteAddress: '127.0.0.1',
    status: 200,
    bytes: 10,
    durationMs: 1.5,
    servedBy: 'dialogue01',
    msg: 'request',
  })
  expect(formatLine(line)).toBe('03:04:05.678 GET /v1/chats 200 1.5 ms r-1 servedBy=dialogue01')
})

test('anything but info says its level', () => {
  const line = JSON.stringify({
    level: 'warn',
    time: '2026-01-02T03:04:05.678Z',
    msg: 'node changed state',
    state: 'suspect',
  })
  expect(formatLine(line)).toBe('03:04:05.678 WARN node changed state state=suspect')
})

test('what is no log line stays as it is', () => {
  for (const line of ['plain', '{"a":1}', '{broken']) expect(formatLine(line)).toBe(line)
})
