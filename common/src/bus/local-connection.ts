import { createConnection, type Socket } from 'node:net'
import { backOffMs } from '../consul/back-off.ts'
import { createLineReader } from './local-wire.ts'

/** A connection to the local bus process that is made again whenever it ends. */
export interface LocalConnection {
  /** Begins to connect, unless it has begun before. */
  open(): void
  /** Sends it now; nothing happens while there is no connection. */
  write(text: string): void
  close(): void
}

/** A process that is stopped or hangs keeps its sockets open: silence for so long is the end of the connection. */
const longestSilenceMs = 6_000
const lookEveryMs = 2_000

/**
 * @param options.onOpen there is a connection now
 * @param options.onLook comes every 2 s while there is one: the time to say something that is answered
 * @param options.onLost there is none any more, or it could not be made; it is tried again by itself
 */
export function createLocalConnection(options: {
  port: number
  onOpen: () => void
  onLine: (line: string) => void
  onLook: () => void
  onLost: (error: Error) => void
}): LocalConnection {
  const { port, onOpen, onLine, onLook, onLost } = options
  let begun = false
  let closed = false
  let current: Socket | undefined
  let connected = false
  let failures = 0
  let retry: NodeJS.Timeout | undefined

  const connect = (): void => {
    const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
    current = socket
    let heardAt = performance.now()
    let fault = new Error('the local bus closed the connection')
    const look = setInterval(() => {
      if (performance.now() - heardAt > longestSilenceMs) socket.destroy(new Error('the local bus is silent'))
      else if (connected) onLook()
    }, lookEveryMs)
    const read = createLineReader((line) => {
      if (!closed) onLine(line)
    })
    socket.setEncoding('utf8')
    socket.on('connect', () => {
      connected = true
      failures = 0
      onOpen()
    })
    socket.on('data', (text: string) => {
      heardAt = performance.now()
      try {
        read(text)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    })
    socket.on('error', (error) => {
      fault = error
    })
    socket.on('close', () => {
      clearInterval(look)
      connected = false
      if (closed) return
      failures++
      retry = setTimeout(connect, backOffMs(failures, Math.random))
      onLost(fault)
    })
  }

  return {
    open() {
      if (begun || closed) return
      begun = true
      connect()
    },
    write(text) {
      if (connected) current?.write(text)
    },
    close() {
      closed = true
      clearTimeout(retry)
      current?.destroy()
    },
  }
}
