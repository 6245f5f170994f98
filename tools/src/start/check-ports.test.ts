import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { checkPorts } from './check-ports.ts'

test('a port in use is named, with who wanted it and how to choose another', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const wanted = [{ port, by: 'the backend', variable: 'SERVER_PORT' }]
  await expect(checkPorts(wanted)).rejects.toThrow(`port ${port}, wanted by the backend, is in use`)
  await new Promise((resolve) => server.close(resolve))
  await checkPorts(wanted)
})
