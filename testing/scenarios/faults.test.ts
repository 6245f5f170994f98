import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { allFaults } from '../faults/all-faults.ts'
import { createFaultStage, type FaultStage } from '../faults/fault-stage.ts'
import { createRandom } from '../faults/seeded-random.ts'
import { type Servers, startServers } from '../faults/start-servers.ts'
import { describeWith } from '../servers/needs.ts'

/** Longest that one fault may take: elections and all. */
const patienceMs = 180_000

describeWith('consul', 'faults, short', () => {
  describeWith('mongod', 'a replica set', () => {
    describeWith('mariadbd', 'users in MariaDB', () => {
      describeWith('kafka-server', 'events in Kafka', () => {
        let servers: Servers
        let stage: FaultStage
        beforeAll(async () => {
          servers = await startServers(() => {})
          const { next } = createRandom(1)
          stage = createFaultStage({ servers, isLong: false, timesCount: false, ratePerS: 100, random: next })
        }, patienceMs)
        afterAll(async () => {
          await stage?.close()
          await servers?.close()
        }, patienceMs)

        describe('nobody notices', () => {
          test.each(allFaults.map((fault) => [fault.title, fault] as const))(
            '%s',
            async (_title, fault) => {
              const { missed, violations } = await stage.run(fault, 1)
              expect({ missed, violations }).toEqual({ missed: [], violations: [] })
            },
            patienceMs,
          )
        })
      })
    })
  })
})
