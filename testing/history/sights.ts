import { readEditedText } from './edited-text.ts'

/** An entry as a page of a chat shows it. */
export interface ShownEntry {
  id?: string
  seq?: number
  text?: string
}

/** A page of a chat, newest first. */
export interface ShownPage {
  data?: readonly ShownEntry[]
  /** There when there is more. */
  nextCursor?: string
}

/** Most sights kept: the first ones tell what is wrong. */
const mostSights = 50
/** What is known of a place that a page has left out. */
export const leftOut = 'nothing'

/** What stays the same of an entry, however often it is edited. */
export function sightOf({ id = '', text = '' }: ShownEntry): string {
  return `${id} ${readEditedText(text).text}`
}

/** Watches what readers are shown, as it is shown: pages without a hole, and the same message at the same place for all. */
export function createSights() {
  const found: string[] = []
  const shown = new Map<string, string[]>()

  function notice(what: string): void {
    if (found.length < mostSights) found.push(what)
  }

  function see(cid: string, seq: number, here: string): void {
    const known = shown.get(cid) ?? []
    shown.set(cid, known)
    if (known[seq] !== undefined && known[seq] !== here)
      notice(`chat ${cid}: entry ${seq} was '${known[seq]}' and is '${here}'`)
    known[seq] = here
  }

  return {
    found: found as readonly string[],
    /** By chat and place. */
    shown: shown as ReadonlyMap<string, readonly (string | undefined)[]>,
    /**
     * @param limit most entries of the page
     * @param isEdited whether the log may tell of edits, which pages leave out
     */
    page(cid: string, { data = [], nextCursor }: ShownPage, limit: number, isEdited: boolean): void {
      const newest = data[0]?.seq ?? 0
      if (!isEdited && data.length < Math.min(limit, newest))
        notice(`chat ${cid}: a page shows ${data.length} entries of ${newest}`)
      let before = newest + 1
      for (const entry of data) {
        const { seq = 0 } = entry
        if (isEdited ? seq >= before : seq !== before - 1)
          notice(`chat ${cid}: a page shows ${seq} after ${before}`)
        for (let left = seq + 1; left < before; left++) see(cid, left, leftOut)
        see(cid, seq, sightOf(entry))
        before = seq
      }
      const isLast = data.length < limit && nextCursor === undefined
      for (let left = 1; isLast && left < before; left++) see(cid, left, leftOut)
    },
  }
}
