import { mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openDataFolder, readDataFolder } from './data-folder.ts'

const temporary = () => mkdtemp(join(tmpdir(), 'data-folder-'))

test('secrets are made on the first run and kept, readable by their owner only', async () => {
  const folder = join(await temporary(), 'data')
  const first = await openDataFolder(folder, '127.0.0.1:8500')
  const second = await openDataFolder(folder, '127.0.0.1:9500')
  expect(first.JWT_SECRET).toHaveLength(64)
  expect(second).toEqual({ ...first, CONSUL_DSN: '127.0.0.1:9500' })
  expect(await readDataFolder(folder)).toEqual(second)
  expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0)
})

test('two folders have different secrets', async () => {
  const [a, b] = await Promise.all([
    openDataFolder(await temporary(), 'h:1'),
    openDataFolder(await temporary(), 'h:1'),
  ])
  expect(a.DIALOG_TOKEN).not.toBe(b.DIALOG_TOKEN)
})

test('a folder that cannot be written is named in one line', async () => {
  const file = join(await temporary(), 'file')
  await writeFile(file, '')
  await expect(openDataFolder(file, 'h:1')).rejects.toThrow(
    `the data folder ${file} cannot be written: a file is in its place`,
  )
})

test('a node cannot join before there was a start', async () => {
  await expect(readDataFolder(await temporary())).rejects.toThrow('run `make start` first')
})

test('a folder whose name could not be written down is refused', async () => {
  await expect(openDataFolder(join(await temporary(), "it's"), 'h:1')).rejects.toThrow("has a ' in its name")
})
