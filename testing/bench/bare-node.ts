/**
 * The least that a dialogue node in Node does: `node bare-node.js <port> <MONGO_DSN>`. It answers pages of messages from
 * one command to the database, and checks, counts and logs nothing. What it costs is the floor of what any node
 * in Node with MongoDB's own driver can cost.
 */
import { createServer } from 'node:http'
import { MongoClient, ObjectId } from 'mongodb'

const [port, dsn] = process.argv.slice(2)
const client = new MongoClient(dsn ?? '', { minPoolSize: 4, maxPoolSize: 16 })
await client.connect()
const db = client.db('dialogue')

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://node')
  if (pathname === '/ping') return response.end()
  const limit = Number(searchParams.get('limit'))
  const reply = await db.command({
    find: 'log',
    filter: { cid: new ObjectId(searchParams.get('cid') ?? '') },
    sort: { seq: -1 },
    projection: { uid: 1, cid: 1, seq: 1, text: 1, createdAt: 1, users: 1 },
    hint: { cid: 1, seq: 1 },
    limit: limit + 2,
    batchSize: limit + 2,
    singleBatch: true,
    readConcern: { level: 'majority' },
  })
  const body = JSON.stringify({ object: 'list', data: reply.cursor.firstBatch.slice(1) })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}).listen(Number(port), '127.0.0.1')
