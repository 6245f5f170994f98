import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether the address answers with a 2xx within 500 ms. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(500) })).ok
  } catch {
    return false
  }
}

/** Whether something listens on this port of this machine. */
export function answersTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 500 })
    const answer = (listens: boolean) => () => {
      socket.destroy()
      resolve(listens)
    }
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false))
  })
}

/** The number of dialogue nodes a backend has found; 0 while it does not answer. */
export async function countFoundNodes(backendUrl: string): Promise<number> {
  try {
    const answer = await fetch(`${backendUrl}/health/ready`, { signal: AbortSignal.timeout(500) })
    return ((await answer.json()) as { dialogueNodes?: number }).dialogueNodes ?? 0
  } catch {
    return 0
  }
}

/** Looks every 50 ms until the condition holds; false after 30 s or when `gaveUp` says so. */
export async function waitFor(condition: () => Promise<boolean>, gaveUp: () => boolean): Promise<boolean> {
  const end = Date.now() + 30_000
  while (!gaveUp() && Date.now() < end) {
    if (await condition()) return true
    await sleep(50)
  }
  return false
}
