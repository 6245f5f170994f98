/** By how many of a chat's other members a message was read; marks of those who left stay, and do not count. */
export function countReaders(
  marks: ReadonlyMap<number, number>,
  users: readonly number[],
  me: number,
  seq: number,
): number {
  return users.filter((uid) => uid !== me && (marks.get(uid) ?? 0) >= seq).length
}
