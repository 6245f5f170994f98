/** A message as a page of a chat shows it. */
export interface ShownMessage {
  id?: string
  seq?: number
  text?: string
}

/** Most sights kept: the first ones tell what is wrong. */
const mostSights = 50

/** Watches what readers are shown, as it is shown: pages without a hole, and the same message at the same place for all. */
export function createSights() {
  const found: string[] = []
  const shown = new Map<string, string[]>()

  function notice(what: string): void {
    if (found.length < mostSights) found.push(what)
  }

  return {
    found: found as readonly string[],
    /** @param page newest first */
    page(cid: string, page: readonly ShownMessage[]): void {
      const known = shown.get(cid) ?? []
      shown.set(cid, known)
      for (const [place, { id = '', seq = 0, text = '' }] of page.entries()) {
        const before = page[place - 1]?.seq
        if (before !== undefined && seq !== before - 1)
          notice(`chat ${cid}: a page shows ${seq} after ${before}`)
        const here = `${id} ${text}`
        if (known[seq] !== undefined && known[seq] !== here)
          notice(`chat ${cid}: entry ${seq} was '${known[seq]}' and is '${here}'`)
        known[seq] = here
      }
    },
  }
}
