import type { ListedService } from './catalog.ts'

/** What is registered, for people. */
export function statusPage(services: readonly ListedService[]): string {
  const head = 'Dev agent: the part of Consul that this system uses.\n\n'
  if (services.length === 0) return `${head}No service is registered.\n`
  const rows = services.map(({ definition, checks }) => [
    definition.name,
    definition.id,
    `${definition.address}:${definition.port}`,
    checks.map((check) => check.status).join(', ') || 'passing (no check)',
  ])
  const table = [['service', 'id', 'address', 'status'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return (
    head + table.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`).join('')
  )
}
