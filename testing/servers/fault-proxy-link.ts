import { connect, type Socket } from 'node:net'
import { createDelayLine } from './delay-line.ts'
import type { Address, LinkFault } from './link-fault.ts'

/** One client's connection and the one that carries it on. */
export interface Link {
  readonly remotePort: number
  /** Lets bytes flow; until then nothing is read and nobody else hears of the client. */
  start(): void
  /** To be called when what `fault` or `answerer` return has changed. */
  faultChanged(): void
  /** Ends both connections with RST. */
  reset(): void
}

export interface LinkOptions {
  readonly client: Socket
  readonly fault: () => LinkFault
  readonly target: () => Address
  /** Who gets the requests instead of the target, if anyone: looked at between an answer and the next request. */
  readonly answerer: () => Address | undefined
  /** Called once all sockets of this link are closed. */
  readonly onOver: () => void
}

/** An answer is what comes from the target after the client's last byte: nothing of the protocol is understood. */
export function createLink({ client, fault, target, answerer, onOver }: LinkOptions): Link {
  const sockets = new Set<Socket>()
  let started = false
  let upstream: Socket | undefined
  let atAnswerer = false
  let asked = false
  let awaitsAnswer = false
  let answeredBytes = 0
  /** Bytes or an end were swallowed, so this connection must not go on once bytes flow again. */
  let torn = false
  /** The client was given its last byte; what it still sends is read and dropped. */
  let cut = false
  let idleTimer: NodeJS.Timeout | undefined

  const adopt = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    // 'close' follows and tells whether there was an error.
    socket.on('error', () => {})
    socket.once('close', () => {
      sockets.delete(socket)
      if (sockets.size > 0) return
      answers.drop()
      clearTimeout(idleTimer)
      onOver()
    })
    return socket
  }

  const reset = (): void => {
    for (const socket of sockets) resetSocket(socket)
  }

  /** Forgets the upstream connection without hearing of it any more. */
  const releaseUpstream = (): Socket | undefined => {
    const released = upstream
    upstream = undefined
    return released
  }

  /** The client sees FIN after these bytes. */
  const endAfter = (lastBytes: Buffer): void => {
    cut = true
    if (lastBytes.length > 0) client.write(lastBytes)
    client.end()
    releaseUpstream()?.destroy()
  }

  const hangUp = (lastBytes: Buffer): void => {
    endAfter(lastBytes)
    client.destroySoon()
  }

  const watchIdle = (): void => {
    clearTimeout(idleTimer)
    const now = fault()
    if (now.kind !== 'close-idle' || awaitsAnswer || cut) return
    idleTimer = setTimeout(hangUp, now.afterMs, nothing)
  }

  const deliver = (chunk: Buffer | null): void => {
    if (cut || client.destroyed) return
    if (chunk === null) {
      client.end()
      return
    }
    const now = fault()
    if (now.kind === 'lose-answer' && asked) {
      cut = true
      resetSocket(client)
      // It ends in its own time: a reset here could undo what the request did.
      releaseUpstream()?.resume().end()
      return
    }
    if (now.kind === 'truncate' || now.kind === 'half-close') {
      const left = Math.max(0, now.afterBytes - answeredBytes)
      if (chunk.length >= left) {
        const end = now.kind === 'truncate' ? hangUp : endAfter
        end(chunk.subarray(0, left))
        return
      }
    }
    answeredBytes += chunk.length
    if (!client.write(chunk)) upstream?.pause()
    watchIdle()
  }
  const answers = createDelayLine(deliver)

  const answerCame = (chunk: Buffer | null): void => {
    const now = fault()
    if (now.kind === 'blackhole') {
      torn = true
      return
    }
    if (chunk !== null) awaitsAnswer = false
    answers.push(chunk, now.kind === 'latency' ? now.ms : 0)
  }

  const openUpstream = (): Socket => {
    const instead = answerer()
    atAnswerer = instead !== undefined
    const socket = adopt(connect({ ...(instead ?? target()), allowHalfOpen: true }))
    const isCurrent = (): boolean => socket === upstream
    socket.on('data', (chunk) => isCurrent() && answerCame(chunk))
    socket.on('end', () => isCurrent() && answerCame(null))
    socket.on('drain', () => isCurrent() && client.resume())
    socket.once('close', (hadError) => {
      if (!isCurrent() || !hadError) return
      if (fault().kind === 'blackhole') torn = true
      else resetSocket(client)
    })
    upstream = socket
    return socket
  }

  const requestCame = (chunk: Buffer): void => {
    if (cut) return
    const now = fault()
    if (now.kind === 'reset') {
      reset()
      return
    }
    if (now.kind === 'blackhole') {
      torn = true
      return
    }
    if (!awaitsAnswer && atAnswerer !== (answerer() !== undefined)) releaseUpstream()?.destroy()
    const to = upstream ?? openUpstream()
    asked = true
    awaitsAnswer = true
    answeredBytes = 0
    watchIdle()
    if (!to.write(chunk)) client.pause()
  }

  adopt(client)
  client.on('data', requestCame)
  client.on('drain', () => upstream?.resume())
  client.on('end', () => {
    if (fault().kind === 'blackhole') torn = true
    else if (!cut) (upstream ?? client).end()
  })
  client.once('close', (hadError) => {
    if (fault().kind === 'blackhole') {
      torn = true
      return
    }
    if (hadError) releaseUpstream()?.resetAndDestroy()
    else releaseUpstream()?.destroy()
  })
  // A 'data' listener makes a socket flow.
  client.pause()

  return {
    remotePort: client.remotePort ?? 0,
    reset,
    start() {
      started = true
      const { kind } = fault()
      if (kind === 'blackhole') torn = true
      else if (kind !== 'reset' && !client.destroyed) openUpstream()
      watchIdle()
      client.resume()
    },
    faultChanged() {
      if (!started) return
      const { kind } = fault()
      if (kind === 'reset' || (torn && kind !== 'blackhole')) {
        reset()
        return
      }
      if (kind === 'blackhole') {
        if (answers.drop() > 0) torn = true
        client.resume()
        upstream?.resume()
      } else if (upstream === undefined && !cut && !client.destroyed) openUpstream()
      if (kind !== 'latency') answers.flush()
      watchIdle()
    },
  }
}

const nothing = Buffer.alloc(0)

function resetSocket(socket: Socket): void {
  // While its FIN waits behind bytes the system refuses a reset, and the socket would never close.
  if (socket.writableEnded && !socket.writableFinished) socket.destroy()
  else socket.resetAndDestroy()
}
