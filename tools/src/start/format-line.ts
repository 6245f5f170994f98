const stampWidth = 'HH:MM:SS.mmm'.length
const hidden = new Set([
  'time',
  'level',
  'service',
  'msg',
  'reqId',
  'method',
  'url',
  'status',
  'durationMs',
  'remoteAddress',
  'bytes',
])

/** One line of a child's log, made for reading: a JSON line is told in words, any other stays as it is. */
export function formatLine(line: string): string {
  const entry = parse(line)
  if (!entry) return line
  const stamp = String(entry.time ?? '').slice(11, 11 + stampWidth)
  const level = entry.level === 'info' ? '' : `${String(entry.level).toUpperCase()} `
  if (entry.msg === 'request') {
    const { method, url, status, durationMs, reqId } = entry
    return `${stamp} ${level}${method} ${url} ${status} ${durationMs} ms ${reqId}${more(entry)}`
  }
  const id = entry.reqId === undefined ? '' : ` ${entry.reqId}`
  return `${stamp} ${level}${entry.msg}${id}${more(entry)}`
}

function more(entry: Record<string, unknown>): string {
  return Object.entries(entry)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('')
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null && 'msg' in entry
      ? (entry as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
