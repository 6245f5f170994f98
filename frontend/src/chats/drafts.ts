/** What was written in a chat and not sent, kept in the browser. */
export interface Drafts {
  get(cid: string): string
  set(cid: string, text: string): void
}

export function createDrafts(userId: number): Drafts {
  const name = (cid: string): string => `roundtable.draft.${userId}.${cid}`
  return {
    get: (cid) => localStorage.getItem(name(cid)) ?? '',
    set(cid, text) {
      try {
        if (text === '') localStorage.removeItem(name(cid))
        else localStorage.setItem(name(cid), text)
      } catch {
        // The storage is full or forbidden: the draft lasts as long as its text field.
      }
    },
  }
}
