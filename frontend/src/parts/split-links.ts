/** A piece of a text: as it is, or a link to follow. */
export type TextPiece = { text: string; href?: string }

const address = /https?:\/\/[^\s<>"]+/gi
/** What ends a sentence is not of the address before it. */
const trailing = /[.,:;!?'"»”…]+$/

/**
 * Splits a text at the web addresses in it. Only http and https: nothing that runs when it is followed. The pieces put
 * together are the text again.
 */
export function splitLinks(text: string): TextPiece[] {
  const pieces: TextPiece[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0])
    if (!URL.canParse(found)) continue
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) })
    pieces.push({ text: found, href: new URL(found).href })
    from = match.index + found.length
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from) })
  return pieces
}

function withoutTail(found: string): string {
  const trimmed = found.replace(trailing, '')
  // A closing bracket belongs to the address when it was opened in it.
  const isOpened = (trimmed.match(/\(/g)?.length ?? 0) >= (trimmed.match(/\)/g)?.length ?? 0)
  return trimmed.endsWith(')') && !isOpened ? withoutTail(trimmed.slice(0, -1)) : trimmed
}
