import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Database from 'libsql'
import { openSqliteDatabase, type SqliteDatabase } from './database.ts'

let folder: string
let path: string
let database: SqliteDatabase
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlite-'))
  path = join(folder, 'store.db')
  database = await openSqliteDatabase(path, ({ exec }) => exec('CREATE TABLE IF NOT EXISTS t (n INTEGER)'))
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true })
})

const numbers = () =>
  database
    .prepare<{ n: number }>('SELECT n FROM t ORDER BY n')
    .all()
    .map(({ n }) => n)
const add = (n: number) => database.write(() => database.prepare('INSERT INTO t VALUES (?)').run(n))

/** Another process that holds the write lock. */
function holdLock(): { release: () => void } {
  const other = new Database(path)
  other.exec('BEGIN IMMEDIATE')
  return {
    release: () => {
      other.exec('ROLLBACK')
      other.close()
    },
  }
}

test('a write that throws is undone, and those beside it are not', async () => {
  const failing = database.write(() => {
    database.prepare('INSERT INTO t VALUES (2)').run()
    throw new Error('no')
  })
  const outcomes = await Promise.allSettled([add(1), failing, add(3)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(numbers()).toEqual([1, 3])
})

test('while another process writes, reads are served; then all that waited is written, in order', async () => {
  const { release } = holdLock()
  const order: number[] = []
  const writes = [1, 2, 3].map((n) => add(n).then(() => order.push(n)))
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve))
  expect(numbers()).toEqual([])
  release()
  await Promise.all(writes)
  expect(order).toEqual([1, 2, 3])
  expect(numbers()).toEqual([1, 2, 3])
})

test('a write that another process does not let in holds nothing up, is refused, and written later by nobody', async () => {
  const { release } = holdLock()
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await expect(add(1)).rejects.toMatchObject({ code: 5032 })
  clearInterval(timer)
  // Waiting within SQLite would leave room for one turn each 200 ms.
  expect(turns).toBeGreaterThan(50)
  release()
  await add(2)
  expect(numbers()).toEqual([2])
})
