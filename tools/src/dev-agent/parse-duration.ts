const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * A duration as Consul takes it (https://pkg.go.dev/time#ParseDuration): `500ms`, `1m30s`; a bare number in JSON is
 * nanoseconds.
 * @returns milliseconds; undefined when it is no duration
 */
export function parseDuration(given: string | number): number | undefined {
  if (typeof given === 'number') return given * 1e-6
  if (given === '0') return 0
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(given)) return undefined
  let total = 0
  for (const [, amount = '', unit = ''] of given.matchAll(/([\d.]+)([a-zµ]+)/g)) {
    total += Number(amount) * (unitsMs[unit] ?? 0)
  }
  return total
}
