/** `make bench`: whether large chats and long lists are as fast as small ones, on a real mongod where there is one. */
import { availableParallelism } from 'node:os'
import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { startConstellation } from '../constellation/start-constellation.ts'
import { isInstalled } from '../servers/is-installed.ts'
import { startMongod } from '../servers/mongod.ts'
import { measureInTurn, runMany } from './measure.ts'

const smallChat = 200
const largeChat = Number(process.env.MESSAGES ?? 200_000)
const fewChats = 10
const manyChats = Number(process.env.CHATS ?? 5_000)

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const closers: (() => Promise<unknown>)[] = []
try {
  const mongod = isInstalled('mongod') ? await startMongod() : undefined
  if (mongod) closers.push(() => mongod.close())
  const system = await startConstellation(mongod ? { mongoDsn: mongod.dsn } : {})
  closers.push(() => system.close())
  const url = system.backends[0]?.url ?? ''
  const [few, many] = [await signIn(url, 'tester'), await signIn(url, 'madscie')]

  const small = await fillChat(few, smallChat)
  const large = await fillChat(few, largeChat)
  await makeChats(few, fewChats - 2)
  await makeChats(many, manyChats)

  const times = await measureInTurn(
    {
      [`newest 100 of ${smallChat} messages`]: () => read(few, `/v1/chats/${small}/messages`, 100),
      [`newest 100 of ${largeChat} messages`]: () => read(few, `/v1/chats/${large}/messages`, 100),
      [`first 10 of ${fewChats} chats`]: () => read(few, '/v1/chats?limit=10', 10),
      [`first 10 of ${manyChats} chats`]: () => read(many, '/v1/chats?limit=10', 10),
    },
    { rounds: 500, warmUp: 100 },
  )
  const where = mongod ? 'a mongod (replica set of one)' : 'SQLite'
  process.stdout.write(
    `\nThrough the backend, two nodes, ${where}, ${availableParallelism()} cores, one at a time:\n\n`,
  )
  process.stdout.write('| request | p50 ms | p95 ms |\n|---|---|---|\n')
  for (const [name, { p50, p95 }] of Object.entries(times)) {
    process.stdout.write(`| ${name} | ${p50.toFixed(2)} | ${p95.toFixed(2)} |\n`)
  }
} finally {
  for (const close of closers.reverse()) await close()
}

async function fillChat(user: ApiUser, messages: number): Promise<string> {
  const chat = await user.call('POST', '/v1/chats', { users: [1, 3] })
  const cid: string = chat.body.id
  let failed = 0
  await runMany(messages, 64, async (i) => {
    if (i % 20_000 === 0 && i > 0) say(`${i} of ${messages} messages`)
    const answer = await user.call('POST', `/v1/chats/${cid}/messages`, { txt: `message ${i}` })
    if (answer.status !== 201) failed++
  })
  if (failed > 0) throw new Error(`${failed} of ${messages} messages were not stored`)
  return cid
}

async function makeChats(user: ApiUser, count: number): Promise<void> {
  await runMany(count, 16, async (i) => {
    if (i % 1_000 === 0 && i > 0) say(`${i} of ${count} chats`)
    const answer = await user.call('POST', '/v1/chats', { users: [1] })
    if (answer.status !== 201) throw new Error(`no chat made: ${JSON.stringify(answer.body)}`)
  })
}

async function read(user: ApiUser, path: string, wanted: number): Promise<void> {
  const { body } = await user.call('GET', path)
  if (body.data?.length !== wanted)
    throw new Error(`wanted ${wanted} items: ${JSON.stringify(body).slice(0, 200)}`)
}
