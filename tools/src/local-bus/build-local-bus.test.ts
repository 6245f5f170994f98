import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { buildLocalBus } from './build-local-bus.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const line = (said: object) => `${JSON.stringify(said)}\n`
const event = { op: 'event', topic: 'userEvents', event: { key: '1', name: 'post', body: {} } }

test('a request of HTTP is cut off, and what is in it goes to nobody', async () => {
  const { server, close } = buildLocalBus({ logger })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const subscriber = connect(port, '127.0.0.1')
  subscriber.write(line({ op: 'subscribe', topic: 'userEvents' }))
  await once(subscriber, 'data')

  const page = connect(port, '127.0.0.1')
    .on('error', () => {})
    .resume()
  const closed = once(page, 'close')
  page.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\r\n${line(event)}`)
  await closed

  const heard = text(subscriber)
  await close()
  expect(await heard).toBe('')
})
