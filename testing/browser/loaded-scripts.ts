import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** The addresses of the scripts that a page has loaded so far, each once. */
export async function scriptsOf(page: Page): Promise<string[]> {
  const names: string[] = await page.evaluate(
    "performance.getEntriesByType('resource').map(({ name }) => name)",
  )
  return [...new Set(names.filter((name) => name.endsWith('.js')))]
}

/** The names of all scripts that the built page consists of. */
export function builtScripts(): string[] {
  const assets = join(import.meta.dirname, '../../frontend/dist/assets')
  return readdirSync(assets).filter((name) => name.endsWith('.js'))
}
