import { type Browser, chromium } from 'playwright-core'
import { findCommand } from '../servers/is-installed.ts'

/** The chromium that is installed on this machine; it talks to nobody but the pages it is shown. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findCommand('chromium') ?? 'chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
    ],
  })
}
