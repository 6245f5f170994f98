import { type Browser, chromium } from 'playwright-core'
import { findCommand } from '../servers/is-installed.ts'

/**
 * The chromium that is installed on this machine; it talks to nobody but the pages it is shown.
 * @param hosts addresses by host name, of names that nobody else knows
 */
export function launchBrowser(hosts: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`)
  return chromium.launch({
    executablePath: findCommand('chromium') ?? 'chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
      ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(',')}`] : []),
    ],
  })
}
