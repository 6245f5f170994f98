import { createServer } from 'node:net'
import { afterEach, expect, jest, test } from '@jest/globals'
import { pino } from 'pino'
import { createKafkaClient } from './kafka-client.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

test('an idle connection to Kafka sets no timer of negative length', async () => {
  // Kafka's answer to the first request of a connection: its id, no error, no versions of anything.
  const server = createServer((socket) => {
    socket.on('data', (request) => {
      const answer = Buffer.alloc(14)
      answer.writeInt32BE(10, 0)
      request.copy(answer, 4, 8, 12)
      socket.write(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const client = await createKafkaClient({
    brokers: [`127.0.0.1:${port}`],
    clientId: 'test',
    logger: pino({ level: 'silent' }),
  })
  const timers = jest.spyOn(globalThis, 'setTimeout')
  await client.kafka.admin().connect()
  client.destroy()
  await new Promise((resolve) => server.close(resolve))
  expect(timers.mock.calls.filter(([, ms]) => ms !== undefined && ms < 0)).toEqual([])
})
