import { expect, test } from '@jest/globals'
import { startProcess } from './child-process.ts'
import { untilReady } from './until-ready.ts'

const node = (script: string) => startProcess(process.execPath, ['-e', script])

test('waits until a process serves', async () => {
  const server = node("console.log('it serves'); setInterval(() => {}, 1_000)")
  try {
    await untilReady('the server', server, () => server.output().includes('it serves'))
    expect(server.output()).toContain('it serves')
  } finally {
    await server.stop()
  }
})

test('tells what a process said that ended, though another one answers', async () => {
  const server = node("console.error('the port is taken'); process.exit(1)")
  const ready = async () => (await server.exited) === 1
  await expect(untilReady('the server', server, ready)).rejects.toThrow(
    /^the server: it ended at its start:\nthe port is taken/,
  )
})

test('tells what a process said that never gets ready', async () => {
  const server = node("console.log('still waiting'); setInterval(() => {}, 1_000)")
  try {
    const ready = () => {
      if (server.output() === '') throw new Error('nothing is there')
      return false
    }
    await expect(untilReady('the server', server, ready, 1_000)).rejects.toThrow(
      /^the server: not within 1000 ms:\nstill waiting/,
    )
  } finally {
    await server.stop()
  }
})
