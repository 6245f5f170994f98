const mark = ' — edited '

/** The text of a message after so many edits: it still tells which message it is. */
export function editedText(text: string, edits: number): string {
  return edits === 0 ? text : `${text}${mark}${edits}`
}

/** What {@link editedText} was made of. */
export function readEditedText(shown: string): { text: string; edits: number } {
  const [text = '', edits = '0'] = shown.split(mark)
  return { text, edits: Number(edits) }
}
