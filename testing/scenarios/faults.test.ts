import { afterAll, describe, expect, test } from '@jest/globals'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import { allFaults } from '../faults/all-faults.ts'
import { createFaultStage } from '../faults/fault-stage.ts'
import { describeWith } from '../servers/needs.ts'

/** Longest that one fault may take: elections and all. */
const patienceMs = 180_000

describeWith('consul', 'faults, short', () => {
  describeWith('mongod', 'a replica set', () => {
    describeWith('mariadbd', 'users in MariaDB', () => {
      describeWith('kafka-server', 'events in Kafka', () => {
        const stage = createFaultStage({
          isLong: false,
          timesCount: false,
          ratePerS: 60,
          random: createRandom(1).next,
          say: () => {},
        })
        afterAll(() => stage.close(), patienceMs)

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
