import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { freePort } from '../servers/free-port.ts'
import { isInstalled } from '../servers/is-installed.ts'
import { untilReady } from '../servers/until-ready.ts'
import { startBare } from './start-bare.ts'

/** A proxy in front of the nodes as our backend is: those that others use, and the least that one in Node can be. */
export interface ReverseProxy {
  readonly name: 'nginx' | 'HAProxy' | 'a bare proxy in Node'
  readonly url: string
  readonly process: RunningProcess
  close(): Promise<void>
}

/** Starts those that are there, each with one worker, keep-alive to the nodes and no log: at their fastest. */
export async function startReverseProxies(nodeUrls: readonly string[]): Promise<ReverseProxy[]> {
  const hosts = nodeUrls.map((url) => new URL(url).host)
  const started: ReverseProxy[] = []
  if (isInstalled('nginx')) {
    const start = (file: string, folder: string) =>
      startProcess('nginx', ['-p', folder, '-c', file, '-e', 'stderr'])
    started.push(await startProxy('nginx', (port) => nginxConfig(port, hosts), start))
  }
  if (isInstalled('haproxy')) {
    const start = (file: string) => startProcess('haproxy', ['-db', '-f', file])
    started.push(await startProxy('HAProxy', (port) => haproxyConfig(port, hosts), start))
  }
  const { url, process } = await startBare('bare-proxy', nodeUrls)
  started.push({ name: 'a bare proxy in Node', url, process, close: () => process.stop() })
  return started
}

async function startProxy(
  name: ReverseProxy['name'],
  config: (port: number) => string,
  start: (file: string, folder: string) => RunningProcess,
): Promise<ReverseProxy> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'proxy-'))
  const file = join(folder, 'proxy.conf')
  await writeFile(file, config(port))
  const running = start(file, folder)
  const close = async () => {
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(`${name} passes requests on`, running, async () => (await fetch(`${url}/ping`)).ok)
  } catch (error) {
    await close()
    throw error
  }
  return { name, url, process: running, close }
}

/** One process, so that its CPU time is told by one pid. */
function nginxConfig(port: number, hosts: readonly string[]): string {
  return `
daemon off;
master_process off;
pid nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream nodes {
${hosts.map((host) => `    server ${host};`).join('\n')}
    keepalive 256;
  }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`
}

function haproxyConfig(port: number, hosts: readonly string[]): string {
  return `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  http-reuse always
frontend users
  bind 127.0.0.1:${port}
  default_backend nodes
backend nodes
  balance roundrobin
${hosts.map((host, i) => `  server node${i + 1} ${host} check`).join('\n')}
`
}
