/**
 * The least that a proxy in Node does: `node bare-proxy.js <port> <node url>...`. It passes requests with no body on, and
 * checks, counts, logs and retries nothing. What it costs is the floor of what any backend in Node can cost.
 */
import { createServer, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'

const [port, ...urls] = process.argv.slice(2)
const pools = urls.map((url) => new Pool(url, { connections: null }))
let turn = 0

createServer((request, response) => {
  const pool = pools[turn++ % pools.length]
  const { authorization = '' } = request.headers
  pool?.dispatch({ method: 'GET', path: request.url ?? '/', headers: { authorization } }, passTo(response))
}).listen(Number(port), '127.0.0.1')

function passTo(response: ServerResponse): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let status = 502
  return {
    // Without it undici takes this for a handler of its older form.
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk)
    },
    onResponseEnd() {
      const body = Buffer.concat(chunks)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
      response.end(body)
    },
    onResponseError() {
      response.writeHead(502).end()
    },
  }
}
