import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { launchBrowser } from './launch-browser.ts'
import { startPageServer } from './start-page-server.ts'

export const desktop = {
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
} satisfies BrowserContextOptions
export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
  locale: 'en-GB',
} satisfies BrowserContextOptions

/** Where pictures of the pages are kept, to look at after a run. */
const pictures = process.env.PICTURES ?? join(tmpdir(), 'roundtable-tests', 'pictures')

/** The whole system with its page, and a browser to look at it. */
export interface Site {
  readonly system: Constellation
  readonly url: string
  /** What went wrong inside the pages: a script that failed, a source that the content policy refused. */
  readonly faults: string[]
  /** Opens the page as somebody who has not been here before. */
  open(options: BrowserContextOptions): Promise<Page>
  /** Keeps a picture, to look at after a run. */
  picture(page: Page, name: string): Promise<void>
  close(): Promise<void>
}

export async function startSite(): Promise<Site> {
  await mkdir(pictures, { recursive: true })
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne()
  }
  try {
    const system = await startConstellation()
    closers.push(() => system.close())
    const site = await startPageServer(system.backends[0]?.url ?? '')
    closers.push(() => site.close())
    const browser = await launchBrowser()
    closers.push(() => browser.close())
    const faults: string[] = []
    return {
      system,
      url: site.url,
      faults,
      async open(options) {
        const page = await (await browser.newContext(options)).newPage()
        page.on('pageerror', (error) => faults.push(error.message))
        page.on('console', (message) => {
          if (/content security policy/i.test(message.text())) faults.push(message.text())
        })
        await page.goto(site.url)
        return page
      },
      async picture(page, name) {
        await page.screenshot({ path: join(pictures, `${name}.png`) })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
