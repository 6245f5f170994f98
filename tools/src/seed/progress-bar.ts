const width = 30
const everyMs = 500

/** A line that tells how far long work has come; on a terminal it is drawn over, elsewhere written every ten seconds. */
export function createProgressBar(
  what: string,
  total: number,
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr,
) {
  const begun = performance.now()
  let done = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = (): void => {
    const share = total === 0 ? 1 : done / total
    const bar = '#'.repeat(Math.round(share * width)).padEnd(width, '.')
    const perS = Math.round(done / Math.max(0.001, (performance.now() - begun) / 1000))
    const line = `${what} [${bar}] ${done} of ${total}, ${perS}/s`
    out.write(out.isTTY ? `\r${line}\u001b[K` : `${line}\n`)
  }
  return {
    add(more: number): void {
      done += more
      const now = performance.now()
      if (now - drawnAt < (out.isTTY ? everyMs : 20 * everyMs)) return
      drawnAt = now
      draw()
    },
    end(): void {
      draw()
      if (out.isTTY) out.write('\n')
    },
  }
}
