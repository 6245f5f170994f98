/** The id of a chat or message: 24 hex digits. */
export function isResourceId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text)
}
