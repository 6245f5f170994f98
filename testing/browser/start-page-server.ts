import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '../servers/child-process.ts'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'

const root = join(import.meta.dirname, '../..')

/** The page as the embedded run serves it, in front of a backend. */
export async function startPageServer(backendUrl: string) {
  if (!existsSync(join(root, 'frontend/dist/index.html')))
    throw new Error('the page is not built: run `make test`, or `npm run build -w frontend` first')
  const port = await freePort()
  const server = startProcess(process.execPath, [join(root, 'tools/dist/page-server/main.js')], {
    env: { PATH: process.env.PATH, PAGE_PORT: String(port), BACKEND_URL: backendUrl },
  })
  const url = `http://127.0.0.1:${port}`
  await waitUntil('the page is served', async () => (await fetch(url)).ok)
  return { url, close: () => server.stop() }
}
