import { WebSocket } from 'ws'

/** A frame of the server, with the fields that tests look at: which are there is for the test to say. */
export interface LiveFrame {
  type: string
  userId?: number
  chats?: Record<string, number>
  message?: LiveEntry | string
  members?: LiveEntry
  event?: { id: number; name: string; uid: number; message: string }
  cid?: string
  id?: string
  uid?: number
  seq?: number
  from?: number
  to?: number
  code?: number
  online?: boolean
  retryAfterMs?: number
}

interface LiveEntry {
  cid: string
  seq: number
  uid: number
  id?: string
  text?: string
}

/** One WebSocket of a client. */
export interface LiveConnection {
  readonly frames: readonly LiveFrame[]
  /** How the server closed it, or the network. */
  readonly closed: Promise<{ code: number; reason: string }>
  readonly isOpen: boolean
  send(frame: unknown): void
  /** No more is read from the network. */
  pause(): void
  resume(): void
  close(): void
}

export interface ConnectOptions {
  /** Is told each frame as it comes. */
  onFrame?: (frame: LiveFrame) => void
  /** Answer the server's pings; so by default. */
  autoPong?: boolean
}

/**
 * Opens a WebSocket of a backend.
 * @param url of the backend: http://host:port
 * @param path with its query
 * @throws Error when it is refused
 */
export async function openSocket(
  url: string,
  path: string,
  options: ConnectOptions = {},
): Promise<LiveConnection> {
  const { onFrame, autoPong = true } = options
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { autoPong, perMessageDeflate: false })
  const frames: LiveFrame[] = []
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString()) as LiveFrame
    frames.push(frame)
    onFrame?.(frame)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  // Whatever breaks it is seen in how it was closed.
  socket.on('error', () => {})
  return {
    frames,
    closed,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN
    },
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.terminate(),
  }
}

/** Opens /v1/live and says who it is and, by chat, what it has. */
export async function connectLive(
  url: string,
  token: string,
  options: ConnectOptions & { chats?: Record<string, number> } = {},
): Promise<LiveConnection> {
  const { chats, ...rest } = options
  const connection = await openSocket(url, '/v1/live', rest)
  connection.send({ type: 'auth', token, ...(chats ? { chats } : {}) })
  return connection
}

/** The place in a chat's log that a frame is about: the entries of gaps count, too. */
export function placesOf(frame: LiveFrame): { cid: string; seqs: number[] } | undefined {
  const { type, cid = '', seq = 0, from = 0, to = 0 } = frame
  const entry = type === 'members' ? frame.members : frame.message
  if (typeof entry === 'object') return { cid: entry.cid, seqs: [entry.seq] }
  if (type === 'deleted') return { cid, seqs: [seq] }
  if (type === 'gap') return { cid, seqs: Array.from({ length: to - from + 1 }, (_, i) => from + i) }
  return undefined
}
