import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from '@jest/globals'
import { openMongoStore } from '@roundtable/dialogue/mongo-store'
import { openSqliteStore } from '@roundtable/dialogue/sqlite-store'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { silentLogger } from './dialogue-logger.ts'
import { dialogueStoreContract } from './dialogue-store.ts'

describe('the dialogue store on SQLite', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialogue-store-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  dialogueStoreContract(() => openSqliteStore(join(folder, 'store.db')))
})

describeWith('mongod', 'the dialogue store on MongoDB', () => {
  let mongod: Awaited<ReturnType<typeof startMongod>>
  beforeAll(async () => {
    mongod = await startMongod()
  })
  afterAll(() => mongod?.close())

  dialogueStoreContract(() =>
    openMongoStore({
      dsn: mongod.dsn,
      database: 'contract',
      logger: silentLogger,
      timing: { settleEveryMs: 100 },
    }),
  )
})
