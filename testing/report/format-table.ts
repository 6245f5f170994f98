/** A Markdown table whose columns are aligned as plain text too: text to the left, numbers to the right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isLeft: readonly boolean[],
): string {
  const safe = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, i) => Math.max(3, ...safe.map((row) => row[i]?.length ?? 0)))
  const formatLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const [first = '', ...others] = safe.map((row) =>
    formatLine(
      widths.map((width, i) => (isLeft[i] ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width))),
    ),
  )
  const rule = formatLine(
    widths.map((width, i) => (isLeft[i] ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  )
  return [first, rule, ...others].join('\n')
}

/** At most so many digits after the point; a dash for what there is none of. */
export function formatNumber(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : String(Number(value.toFixed(digits)))
}
