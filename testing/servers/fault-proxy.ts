import { createServer } from 'node:net'
import { type OwnAnswer, startAnswerer } from './fault-proxy-answerer.ts'
import { createLink, type Link } from './fault-proxy-link.ts'
import { freePort } from './free-port.ts'
import type { Address, LinkFault } from './link-fault.ts'
import { listenOn } from './listen-on.ts'

/** What is done to connections and answers. It lasts until another mode is set. */
export type FaultMode = LinkFault | OwnAnswer

/** A TCP proxy between a client and a server that breaks what goes through it as it is told. */
export interface FaultProxy {
  readonly host: string
  readonly port: number
  readonly mode: FaultMode
  /**
   * Applies to connections that exist already too. 'answer' takes over one that waits for an answer of the target
   * after that answer.
   */
  setMode(mode: FaultMode): void
  /** Where connections opened from now on go. */
  setTarget(target: Address): void
  /**
   * Which source ports may connect; existing connections that it refuses are reset. While it decides, and when it
   * throws, nothing passes.
   */
  setAdmission(admit: (remotePort: number) => boolean | Promise<boolean>): void
  close(): Promise<void>
}

/**
 * The proxy in mode 'pass'. When the target refuses or resets a connection the client's is reset.
 * @throws Error of node:net when the port is taken
 */
export async function startFaultProxy(options: {
  /** 127.0.0.1 by default */
  host?: string
  /** a free one by default */
  port?: number
  target: Address
}): Promise<FaultProxy> {
  let mode: FaultMode = { kind: 'pass' }
  let target = options.target
  let admit: (remotePort: number) => boolean | Promise<boolean> = () => true
  const links = new Set<Link>()
  const ownAnswer = () => (mode.kind === 'answer' ? mode : undefined)
  const answerer = await startAnswerer({ answer: ownAnswer, target: () => target })

  const isAdmitted = async (link: Link): Promise<boolean> => {
    for (;;) {
      const asked = admit
      const admitted = await Promise.resolve(link.remotePort)
        .then(asked)
        .catch(() => false)
      // An answer under rules that no longer stand decides nothing.
      if (asked === admit) return admitted
    }
  }

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async (client) => {
    const link = createLink({
      client,
      fault: () => (mode.kind === 'answer' ? { kind: 'pass' } : mode),
      target: () => target,
      answerer: () => (mode.kind === 'answer' ? answerer.address : undefined),
      onOver: () => links.delete(link),
    })
    links.add(link)
    if (await isAdmitted(link)) link.start()
    else link.reset()
  })
  const { host, port } = await listenOn(server, {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? (await freePort()),
  })

  return {
    host,
    port,
    get mode() {
      return mode
    },
    setMode(next) {
      mode = next
      for (const link of links) link.faultChanged()
    },
    setTarget(next) {
      target = next
    },
    setAdmission(next) {
      admit = next
      for (const link of links) {
        void isAdmitted(link).then((admitted) => {
          if (!admitted) link.reset()
        })
      }
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const link of links) link.reset()
      await closed
      await answerer.close()
    },
  }
}
