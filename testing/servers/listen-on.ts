import type { Server } from 'node:net'
import type { Address } from './link-fault.ts'

/**
 * Listens and says where.
 * @param where port 0: one the system chooses
 * @throws Error of node:net when the port is taken
 */
export async function listenOn(server: Server, where: Address): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where.port, where.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return { host: where.host, port: address.port }
}
