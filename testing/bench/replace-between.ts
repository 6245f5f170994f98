/**
 * Puts new text between two marks of a document, which stay.
 * @throws Error when the document does not have both, in this order
 */
export function replaceBetween(document: string, begin: string, end: string, text: string): string {
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`the document has no ${begin} … ${end}`)
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`
}
