/**
 * The least that live messages take in Node: `node bare-live.js <port>`. What is posted to a chat goes to every socket of
 * it at once; nothing is checked, stored, counted or kept in order. A token is the id of the chat that its socket is in.
 */
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

const [port] = process.argv.slice(2)
const sockets = new Map<string, Set<WebSocket>>()
let seq = 0

const server = createServer(async (request, response) => {
  const cid = /^\/v1\/chats\/([^/]+)\/messages$/.exec(request.url ?? '')?.[1] ?? ''
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (cid === '') return response.end()
  const { txt } = JSON.parse(Buffer.concat(chunks).toString())
  const message = { object: 'message', id: String(++seq), cid, uid: 1, createdAt: 0, text: txt, seq }
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(message))
  const frame = Buffer.from(JSON.stringify({ type: 'message', message }))
  for (const socket of sockets.get(cid) ?? []) socket.send(frame, { binary: false })
})

const webSockets = new WebSocketServer({ server, perMessageDeflate: false })
webSockets.on('connection', (socket) => {
  socket.once('message', (data) => {
    const { token } = JSON.parse(data.toString()) as { token: string }
    const room = sockets.get(token) ?? new Set()
    sockets.set(token, room.add(socket))
    socket.on('close', () => room.delete(socket))
    socket.send('{"type":"ready","userId":1,"chats":{}}')
  })
})
server.listen(Number(port), '127.0.0.1')
