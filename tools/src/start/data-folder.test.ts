import { mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openDataFolder, readDataFolder } from './data-folder.ts'

const servers = { consulDsn: '127.0.0.1:8500', busDsn: 'local:8501' }
const temporary = () => mkdtemp(join(tmpdir(), 'data-folder-'))

test('secrets are made on the first run and kept, readable by their owner only', async () => {
  const folder = join(await temporary(), 'data')
  const first = await openDataFolder(folder, servers)
  const second = await openDataFolder(folder, { consulDsn: '127.0.0.1:9500', busDsn: 'kafka:9092' })
  expect(first.JWT_SECRET).toHaveLength(64)
  const elsewhere = { CONSUL_DSN: '127.0.0.1:9500', BUS_DSN: 'kafka:9092', QUEUE_DSN: 'kafka:9092' }
  expect(second).toEqual({ ...first, ...elsewhere })
  expect(await readDataFolder(folder)).toEqual(second)
  expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0)
})

test('two folders have different secrets', async () => {
  const [a, b] = await Promise.all([
    openDataFolder(await temporary(), servers),
    openDataFolder(await temporary(), servers),
  ])
  expect(a.DIALOG_TOKEN).not.toBe(b.DIALOG_TOKEN)
})

test('a folder that cannot be written is named in one line', async () => {
  const file = join(await temporary(), 'file')
  await writeFile(file, '')
  await expect(openDataFolder(file, servers)).rejects.toThrow(
    `the data folder ${file} cannot be written: a file is in its place`,
  )
})

test('a node cannot join before there was a start', async () => {
  await expect(readDataFolder(await temporary())).rejects.toThrow('run `make start` first')
})

test('a folder whose name could not be written down is refused', async () => {
  await expect(openDataFolder(join(await temporary(), "it's"), servers)).rejects.toThrow(
    "has a ' in its name",
  )
})
