import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { startKafka } from './kafka.ts'
import { describeWith } from './needs.ts'

describeWith('kafka-server', 'Kafka', () => {
  test('comes up, and again on the same port after it was killed', async () => {
    const kafka = await startKafka()
    try {
      await canConnect(kafka.port)
      const before = kafka.process
      before.signal('SIGKILL')
      await kafka.startAgain()
      expect(kafka.process.pid).not.toBe(before.pid)
      await canConnect(kafka.port)
    } finally {
      await kafka.close()
    }
    await expect(canConnect(kafka.port)).rejects.toThrow('ECONNREFUSED')
  })
})

async function canConnect(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve()
    }).once('error', reject)
  })
}
