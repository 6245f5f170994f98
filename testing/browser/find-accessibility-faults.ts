import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface Violation {
  id: string
  impact?: string | null
  nodes: { target: unknown[] }[]
}

/** What axe finds on the page that keeps people from using it: rule and place of each. */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const violations: Violation[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
