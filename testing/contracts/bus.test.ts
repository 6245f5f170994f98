import { describe } from '@jest/globals'
import { describeWith } from '../servers/needs.ts'
import { busSuite } from './bus.ts'
import { startKafkaBroker, startLocalBroker } from './bus-brokers.ts'

describe('the bus, through the local bus process', () => {
  busSuite(startLocalBroker)
})

describeWith('kafka-server', 'the bus, through real Kafka', () => {
  busSuite(startKafkaBroker)
})
