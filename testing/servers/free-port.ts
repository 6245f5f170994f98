import { createServer } from 'node:net'

const first = 10_000
const last = 32_000
const taken = new Set<number>()

/** A port nobody listens on, below the range the system hands out to outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first))
    if (!taken.has(port) && (await isFree(port))) {
      taken.add(port)
      return port
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
