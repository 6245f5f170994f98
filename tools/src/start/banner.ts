import type { StartSettings } from './settings.ts'

/** What to do next: where everything is, and lines to try. */
export function banner(settings: StartSettings, nodes: readonly { id: string; port: number }[]): string {
  const { backendPort, pagePort, consulDsn, dataDir } = settings
  const api = `http://127.0.0.1:${backendPort}`
  const next = {
    id: `dialogue${String(nodes.length + 1).padStart(2, '0')}`,
    port: Math.max(...nodes.map((n) => n.port)) + 1,
  }
  return `
  backend      ${api}/v1      API description ${api}/docs
  page         http://127.0.0.1:${pagePort}      sign in as tester, password 1234567890
  registry     http://${consulDsn}
${nodes.map(({ id, port }) => `  ${id}   http://127.0.0.1:${port}`).join('\n')}
  data         ${dataDir}

  Try:
    TOKEN=$(curl -s -XPOST ${api}/v1/auth/sign-in -d '{"username":"tester", "password":"1234567890"}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
    CID=$(curl -s -XPOST ${api}/v1/chats -d '{"users":[1, 3]}' -H "Authorization:Bearer $TOKEN" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
    curl -XPOST ${api}/v1/chats/$CID/messages -d '{"txt":"Hi there"}' -H "Authorization:Bearer $TOKEN"
    curl -XGET  ${api}/v1/chats/$CID/messages -H "Authorization:Bearer $TOKEN"
    curl -XGET  ${api}/v1/chats -H "Authorization:Bearer $TOKEN"

  Add a node:  SERVICE_ID=${next.id} SERVICE_HOST=http://127.0.0.1 SERVICE_PORT=${next.port} make dialogue
  Ctrl-C stops everything.
`
}
