import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Logger } from '@roundtable/common/logger'
import { errorCode } from './error-code.ts'

/** A container that is replaced gets a new address: names are looked up again this often. */
const defaultRefreshMs = 5_000

export interface TrustedProxies {
  /** Whether X-Forwarded-For of this address is believed. */
  isTrusted(address: string): boolean
  close(): void
}

/**
 * Keeps the addresses of the proxies that are believed.
 * @param names host names or addresses
 */
export async function followTrustedProxies(
  names: readonly string[],
  logger: Logger,
  options: { resolve?: (name: string) => Promise<string[]>; refreshMs?: number } = {},
): Promise<TrustedProxies> {
  const { resolve = resolveName, refreshMs = defaultRefreshMs } = options
  const fixed = names.filter((name) => isIP(name) !== 0)
  const hosts = names.filter((name) => isIP(name) === 0)
  const addresses = new Map<string, readonly string[]>()
  let trusted: ReadonlySet<string> = new Set(fixed)

  const refresh = async () => {
    await Promise.all(
      hosts.map(async (host) => {
        try {
          addresses.set(host, await resolve(host))
        } catch (error) {
          // A name server that is away says nothing about the proxy; a name that is gone has no address.
          if (errorCode(error) === 'ENOTFOUND') addresses.delete(host)
          logger.debug({ err: error, host }, 'could not look up a trusted proxy')
        }
      }),
    )
    trusted = new Set([...fixed, ...[...addresses.values()].flat()].map(plainAddress))
  }

  await refresh()
  const timer = hosts.length > 0 ? setInterval(refresh, refreshMs) : undefined
  timer?.unref()
  return {
    isTrusted: (address) => trusted.has(plainAddress(address)),
    close: () => clearInterval(timer),
  }
}

/** An IPv4 caller of a socket that takes both comes as ::ffff:192.0.2.1. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase()
}

async function resolveName(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}
