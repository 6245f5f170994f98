import { noWords } from '../refusals.ts'

const maxWords = 10

/**
 * The words of a search: runs of letters, digits, their marks, and underscores.
 * @throws AppError 4001 when there is none, or more than ten
 */
export function searchWords(q: string): string[] {
  const words = q.match(/[\p{L}\p{N}_][\p{L}\p{N}\p{M}_]*/gu) ?? []
  if (words.length === 0 || words.length > maxWords) throw noWords()
  return words
}
