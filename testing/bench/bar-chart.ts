export interface Bar {
  label: string
  value: number
  /** Ours stands out. */
  isOurs?: boolean
}

const width = 640
const labelWidth = 190
const barHeight = 26
const gap = 10
const top = 44

/** Horizontal bars with their values, as SVG that reads well on light and on dark ground. */
export function drawBars(title: string, unit: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)
  const height = top + bars.length * (barHeight + gap) + gap
  const scale = (width - labelWidth - 120) / most
  const rows = bars.map(({ label, value, isOurs }, i) => {
    const y = top + i * (barHeight + gap)
    const length = Math.max(1, Math.round(value * scale))
    const text = y + barHeight / 2 + 5
    return [
      `<text x="${labelWidth - 12}" y="${text}" text-anchor="end">${escapeXml(label)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="3" fill="${isOurs ? '#2f81f7' : '#8b949e'}"/>`,
      `<text x="${labelWidth + length + 8}" y="${text}">${escapeXml(format(value))} ${escapeXml(unit)}</text>`,
    ].join('\n')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="14" fill="#7d8590">`,
    `<text x="0" y="22" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toFixed(1)))
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
