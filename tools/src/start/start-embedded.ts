import { join } from 'node:path'
import { ConfigError } from '@roundtable/common/errors'
import { banner } from './banner.ts'
import { checkPorts } from './check-ports.ts'
import { createChildren } from './children.ts'
import { openDataFolder } from './data-folder.ts'
import type { StartSettings } from './settings.ts'
import { answersHttp, answersTcp, countFoundNodes, waitFor } from './wait-for.ts'

const root = join(import.meta.dirname, '../../..')
const scripts = {
  registry: join(root, 'tools/dist/dev-agent/main.js'),
  bus: join(root, 'tools/dist/local-bus/main.js'),
  page: join(root, 'tools/dist/page-server/main.js'),
  backend: join(root, 'backend/dist/src/main.js'),
  dialogue: join(root, 'dialogue/dist/main.js'),
}

/** A dialogue node of the embedded run. */
interface EmbeddedNode {
  id: string
  port: number
}

/**
 * Runs the whole system as processes of this machine until a signal comes, then stops it in order: page, backend,
 * nodes, bus, registry. A node that dies is not started again, so that one can watch what happens without it.
 * @throws ConfigError when a port is in use, the data folder cannot be written, or a service does not start
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
  const registryUrl = `http://${settings.consulDsn}/v1/status/leader`
  const backendUrl = `http://127.0.0.1:${settings.backendPort}`
  const pageUrl = `http://127.0.0.1:${settings.pagePort}`
  const ownRegistry = !(await answersHttp(registryUrl))
  if (ownRegistry && !/^(127\.0\.0\.1|localhost):/.test(settings.consulDsn)) {
    throw new ConfigError(`nothing that speaks Consul answers at CONSUL_DSN ${settings.consulDsn}`)
  }
  const busPort = localBusPort(settings)
  await checkPorts(wantedPorts(settings, nodes, { ownRegistry, busPort }))
  const { SEED_DEMO = 'true' } = options.env
  const shared = { ...options.env, ...(await openDataFolder(settings.dataDir, settings)), SEED_DEMO }

  const signal = waitForSignal()
  const children = createChildren({
    shared,
    print,
    interrupted: () => signal.came,
    onEnd: (name, how) => print(`${name.padEnd(10)} | ended (${how})${howToBringBack(name, nodes, busPort)}`),
  })
  try {
    if (!ownRegistry) print(`registry   | Consul answers at ${settings.consulDsn} and is used`)
    // Nodes and backend take longer to load than registry and bus, and wait for them.
    await Promise.all([
      ownRegistry &&
        children.start({
          name: 'registry',
          script: scripts.registry,
          own: { DEV_AGENT_PORT: settings.consulDsn.split(':')[1] ?? '' },
          isReady: () => answersHttp(registryUrl),
        }),
      busPort !== undefined &&
        children.start({
          name: 'bus',
          script: scripts.bus,
          own: { LOCAL_BUS_PORT: String(busPort) },
          isReady: () => answersTcp(busPort),
        }),
      ...nodes.map(({ id, port }) =>
        children.start({
          name: id,
          script: scripts.dialogue,
          own: { SERVICE_ID: id, SERVICE_HOST: 'http://127.0.0.1', SERVICE_PORT: String(port) },
          isReady: () => answersHttp(`http://127.0.0.1:${port}/health/ready`),
        }),
      ),
      children.start({
        name: 'backend',
        script: scripts.backend,
        own: { SERVER_PORT: String(settings.backendPort) },
        isReady: () => answersHttp(`${backendUrl}/health/ready`),
      }),
      children.start({
        name: 'page',
        script: scripts.page,
        own: { PAGE_PORT: String(settings.pagePort), BACKEND_URL: backendUrl },
        isReady: () => answersHttp(pageUrl),
      }),
    ])
    const allFound = async () => (await countFoundNodes(backendUrl)) >= nodes.length
    if (await waitFor(allFound, () => signal.came)) print(banner(settings, nodes))
    await signal.received
    print('stopping: page, backend, nodes, bus, registry')
  } finally {
    await children.stop([['page'], ['backend'], nodes.map(({ id }) => id), ['bus'], ['registry']])
  }
}

function waitForSignal(): { came: boolean; received: Promise<void> } {
  const signal = { came: false, received: Promise.resolve() }
  signal.received = new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        signal.came = true
        resolve()
      })
    }
  })
  return signal
}

function wantedPorts(
  settings: StartSettings,
  nodes: readonly EmbeddedNode[],
  { ownRegistry, busPort }: { ownRegistry: boolean; busPort: number | undefined },
) {
  const registryPort = Number(settings.consulDsn.split(':')[1])
  return [
    { port: settings.backendPort, by: 'the backend', variable: 'SERVER_PORT' },
    { port: settings.pagePort, by: 'the page', variable: 'PAGE_PORT' },
    ...nodes.map(({ id, port }) => ({ port, by: id, variable: 'DIALOGUE_PORTS' })),
    ...(busPort === undefined ? [] : [{ port: busPort, by: 'the bus', variable: 'BUS_DSN' }]),
    ...(ownRegistry ? [{ port: registryPort, by: 'the registry', variable: 'CONSUL_DSN' }] : []),
  ]
}

/** Where the local bus listens, unless events go through Kafka. */
function localBusPort({ busDsn }: StartSettings): number | undefined {
  const port = /^local:(\d+)$/.exec(busDsn)?.[1]
  return port === undefined ? undefined : Number(port)
}

function howToBringBack(name: string, nodes: readonly EmbeddedNode[], busPort: number | undefined): string {
  if (name === 'bus') return `; bring it back: LOCAL_BUS_PORT=${busPort} node tools/dist/local-bus/main.js`
  const node = nodes.find(({ id }) => id === name)
  if (!node) return ''
  return `; bring it back: SERVICE_ID=${node.id} SERVICE_HOST=http://127.0.0.1 SERVICE_PORT=${node.port} make dialogue`
}
