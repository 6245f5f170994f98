import { join } from 'node:path'
import { ConfigError } from '@roundtable/common/errors'
import { banner } from './banner.ts'
import { checkPorts } from './check-ports.ts'
import { type ChildService, startChild } from './child-service.ts'
import { openDataFolder } from './data-folder.ts'
import type { StartSettings } from './settings.ts'
import { answersHttp, waitForHttp } from './wait-for-http.ts'

const root = join(import.meta.dirname, '../../..')
const scripts = {
  agent: join(root, 'tools/dist/dev-agent/main.js'),
  page: join(root, 'tools/dist/page-server/main.js'),
  migrate: join(root, 'backend/dist/src/migrate.js'),
  backend: join(root, 'backend/dist/src/main.js'),
  dialogue: join(root, 'dialogue/dist/main.js'),
}

/**
 * Runs the whole system as processes of this machine until a signal comes, then stops it in order: page, backend,
 * nodes, registry. A node that dies is not started again, so that one can watch what happens without it.
 * @throws ConfigError when a port is in use or the data folder cannot be written; nothing runs then
 */
export async function startEmbedded(options: {
  settings: StartSettings
  env: NodeJS.ProcessEnv
  print: (line: string) => void
}): Promise<void> {
  const { settings, print } = options
  const nodes = settings.dialoguePorts.map((port, i) => ({
    id: `dialogue${String(i + 1).padStart(2, '0')}`,
    port,
  }))
  const ownAgent = !(await answersHttp(`http://${settings.consulDsn}/v1/status/leader`))
  await checkPorts(wantedPorts(settings, nodes, ownAgent))
  const shared = await openDataFolder(settings.dataDir, settings.consulDsn)
  const env = { ...options.env, ...shared }

  const children: ChildService[] = []
  let stopping = false
  const stopAll = async (): Promise<void> => {
    stopping = true
    for (const group of [['page'], ['backend'], nodes.map((node) => node.id), ['registry']]) {
      await Promise.all(children.filter((child) => group.includes(child.name)).map((child) => child.stop()))
    }
  }
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  const start = (name: string, script: string, own: NodeJS.ProcessEnv): ChildService => {
    const child = startChild({ name, script, env: { ...env, ...own }, print })
    children.push(child)
    void child.ended.then((how) => {
      if (!stopping && script !== scripts.migrate)
        print(`${name.padEnd(10)} | ended (${how})${howToBringBack(name, nodes)}`)
    })
    return child
  }
  const startAndWait = async (
    name: string,
    script: string,
    url: string,
    own: NodeJS.ProcessEnv,
  ): Promise<void> => {
    let over = false
    void start(name, script, own).ended.then(() => {
      over = true
    })
    if (await waitForHttp(url, () => over || stopping)) return
    throw new ConfigError(`${name} did not start: its last lines are above`)
  }

  try {
    if (ownAgent) {
      const port = settings.consulDsn.split(':')[1] ?? ''
      await startAndWait('registry', scripts.agent, `http://${settings.consulDsn}/v1/status/leader`, {
        DEV_AGENT_PORT: port,
      })
    } else {
      print(`registry   | Consul answers at ${settings.consulDsn} and is used`)
    }
    const migrated = await start('migrate', scripts.migrate, {}).ended
    if (migrated !== 'code 0')
      throw new ConfigError('the database could not be migrated: the reason is above')
    const page = {
      PAGE_PORT: String(settings.pagePort),
      BACKEND_URL: `http://127.0.0.1:${settings.backendPort}`,
    }
    await Promise.all([
      ...nodes.map(({ id, port }) =>
        startAndWait(id, scripts.dialogue, `http://127.0.0.1:${port}/health/ready`, {
          SERVICE_ID: id,
          SERVICE_HOST: 'http://127.0.0.1',
          SERVICE_PORT: String(port),
        }),
      ),
      startAndWait('backend', scripts.backend, `http://127.0.0.1:${settings.backendPort}/health/ready`, {
        SERVER_PORT: String(settings.backendPort),
      }),
      startAndWait('page', scripts.page, `http://127.0.0.1:${settings.pagePort}/`, page),
    ])
    print(banner(settings, nodes))
    await signalled
    print('stopping: page, backend, nodes, registry')
  } finally {
    await stopAll()
  }
}

function wantedPorts(
  settings: StartSettings,
  nodes: readonly { id: string; port: number }[],
  ownAgent: boolean,
) {
  return [
    { port: settings.backendPort, by: 'the backend', variable: 'SERVER_PORT' },
    { port: settings.pagePort, by: 'the page', variable: 'PAGE_PORT' },
    ...nodes.map(({ id, port }) => ({ port, by: id, variable: 'DIALOGUE_PORTS' })),
    ...(ownAgent
      ? [{ port: Number(settings.consulDsn.split(':')[1]), by: 'the registry', variable: 'CONSUL_DSN' }]
      : []),
  ]
}

function howToBringBack(name: string, nodes: readonly { id: string; port: number }[]): string {
  const node = nodes.find(({ id }) => id === name)
  if (!node) return ''
  return `; bring it back: SERVICE_ID=${node.id} SERVICE_HOST=http://127.0.0.1 SERVICE_PORT=${node.port} make dialogue`
}
