import type { Page } from 'playwright-core'

const boxes = [':root', '.content', '.messages', '.side-list']

/** The boxes of the page whose content is wider than they are. The page itself never grows, they would scroll. */
export function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(
    `${JSON.stringify(boxes)}.filter((name) =>
      [...document.querySelectorAll(name)].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth))`,
  )
}
