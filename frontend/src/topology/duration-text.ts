const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A length of time in its greatest unit, such as `3 min`. */
export function durationText(ms: number, locale: string): string {
  const [unit, size] = units.find(([, unitMs]) => ms >= unitMs) ?? (['second', 1_000] as const)
  const count = Math.floor(ms / size)
  return count.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'short' })
}
