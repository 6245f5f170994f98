import { connect } from 'node:net'
import { createKafkaClient } from '@roundtable/common/bus/kafka-client'
import type { RunningProcess } from '../servers/child-process.ts'
import { startKafka } from '../servers/kafka.ts'
import { startLocalBus } from '../servers/local-bus.ts'
import { silentLogger } from './dialogue-logger.ts'

/** What carries events, as a process that a test may harm. */
export interface TestBroker {
  /** BUS_DSN */
  readonly dsn: string
  /** What nobody waits for comes together. */
  readonly gathersUnwanted: boolean
  /** The one that runs now. */
  readonly process: RunningProcess
  /** Starts another one in its place, once it has ended. */
  startAgain(): Promise<void>
  /** Sends a text that need not be an event, past our own client. */
  sendRaw(topic: string, text: string): Promise<void>
  close(): Promise<void>
}

export async function startLocalBroker(): Promise<TestBroker> {
  let bus = await startLocalBus()
  const { dsn, port } = bus
  return {
    dsn,
    gathersUnwanted: false,
    get process() {
      return bus.process
    },
    async startAgain() {
      await bus.process.exited
      bus = await startLocalBus(port)
    },
    async sendRaw(topic, text) {
      const socket = connect({ host: '127.0.0.1', port })
      const line = JSON.stringify({ op: 'event', topic, event: text })
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.end(`${line}\n`, () => resolve())
      })
    },
    async close() {
      bus.process.signal('SIGKILL')
      await bus.process.exited
    },
  }
}

export async function startKafkaBroker(): Promise<TestBroker> {
  const kafka = await startKafka()
  return {
    dsn: kafka.dsn,
    gathersUnwanted: true,
    get process() {
      return kafka.process
    },
    startAgain: kafka.startAgain,
    async sendRaw(topic, text) {
      const client = await createKafkaClient({ brokers: [kafka.dsn], clientId: 'test', logger: silentLogger })
      const producer = client.kafka.producer({ createPartitioner: client.partitioner })
      await producer.connect()
      await producer.send({ topic, messages: [{ key: 'any', value: text }] })
      await producer.disconnect()
    },
    close: kafka.close,
  }
}
