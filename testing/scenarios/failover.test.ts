import { afterAll, beforeAll, describe } from '@jest/globals'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { failoverSuite } from './failover.ts'

describe('failover, embedded', () => {
  failoverSuite('sqlite', () => ({}))
})

describeWith('consul', 'failover, real Consul', () => {
  describeWith('mongod', 'and a real mongod', () => {
    let mongod: Awaited<ReturnType<typeof startMongod>>
    beforeAll(async () => {
      mongod = await startMongod()
    })
    afterAll(() => mongod?.close())
    failoverSuite('mongodb', () => ({ registry: 'consul', mongoDsn: mongod.dsn }))
  })
})
