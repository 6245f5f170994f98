import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '@roundtable/common/with-deadline'
import type { CheckDefinition, CheckStatus } from './read-registration.ts'

/** What one run of a check found. */
export interface CheckResult {
  status: CheckStatus
  output: string
}

/** As much of an answer's body as the output keeps, in bytes. */
const longestOutput = 4_096

/**
 * Runs a check at its interval, the first time at a random moment within it, as Consul does, so that many checks do
 * not all run at once.
 * @returns ends it; nothing is reported any more from that moment on
 */
export function runCheck(check: CheckDefinition, report: (result: CheckResult) => void): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  async function run(): Promise<void> {
    await sleep(Math.random() * check.intervalMs, undefined, { signal })
    // Until it has passed once, the first failure counts: so does Consul.
    for (let failures = check.failuresBeforeCritical; ; ) {
      const result = await checkOnce(check, signal)
      if (signal.aborted) return
      failures = result.status === 'critical' ? failures + 1 : 0
      if (failures === 0 || failures >= check.failuresBeforeCritical) report(result)
      await sleep(check.intervalMs, undefined, { signal })
    }
  }
  run().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return () => stopping.abort()
}

/** 2xx is passing, 429 a warning, anything else (a redirect too) or no whole answer in time is critical. */
async function checkOnce(check: CheckDefinition, stopped: AbortSignal): Promise<CheckResult> {
  const { method, http: url, headers, timeoutMs } = check
  const asked = {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]])),
  }
  try {
    const { status, reason, body } = await withDeadline(timeoutMs, stopped, (signal) =>
      ask(url, { ...asked, signal }),
    )
    const output = `HTTP ${method} ${url}: ${status} ${reason} Output: ${body}`
    if (status === 429) return { status: 'warning', output }
    return { status: status >= 200 && status < 300 ? 'passing' : 'critical', output }
  } catch (error) {
    const isLate = (error as Error).name === 'AbortError'
    const reason = isLate ? `no answer within ${timeoutMs} ms` : String(error)
    return { status: 'critical', output: `${method} ${url}: ${reason}` }
  }
}

function ask(
  url: string,
  options: { method: string; headers: Record<string, string[]>; signal: AbortSignal },
): Promise<{ status: number; reason: string; body: string }> {
  return new Promise((resolve, reject) => {
    // No connection is kept: one to a node that has been replaced meanwhile would tell of the old one.
    const sent = request(url, { ...options, agent: false }, async (answer) => {
      try {
        let body = ''
        answer.setEncoding('utf8')
        for await (const piece of answer) body = (body + piece).slice(0, longestOutput)
        resolve({ status: answer.statusCode ?? 0, reason: answer.statusMessage ?? '', body })
      } catch (error) {
        reject(error)
      }
    })
    sent.once('error', reject)
    sent.end()
  })
}
