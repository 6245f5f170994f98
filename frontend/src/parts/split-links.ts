/** A piece of a text: as it is, or a link to follow. */
export type TextPiece = { text: string; href?: string }

const address = /https?:\/\/[^\s<>"]+/gi
/** What ends a sentence is not of the address before it. */
const trailing: ReadonlySet<string> = new Set('.,:;!?\'"»”…')

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
  // A closing bracket belongs to the address when it was opened in it.
  let unopened = 0
  for (const character of found) unopened += character === ')' ? 1 : character === '(' ? -1 : 0
  let end = found.length
  for (; end > 0; end--) {
    const last = found.charAt(end - 1)
    if (last === ')' && unopened > 0) unopened--
    else if (!trailing.has(last)) break
  }
  return found.slice(0, end)
}
