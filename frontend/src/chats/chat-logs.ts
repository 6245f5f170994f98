import type { Api } from '../api/create-api.ts'
import type { LastSeqs, ServerFrame } from '../api/frames.ts'
import { ApiError } from '../api/request.ts'
import type { Message } from '../api/types.ts'
import {
  addOlder,
  applySteps,
  isBehind,
  knowHead,
  type MessageLog,
  startLog,
  stepOfEntry,
  stepOfFrame,
  withoutMissing,
} from './message-log.ts'

/** One chat's messages, as far as they are here. */
export interface LogView {
  log?: MessageLog
  isLoadingOlder: boolean
  /** Why the messages, or the older ones, could not be had. */
  error?: Error | undefined
}

/** The messages of the chats that were opened, kept up to date. */
export interface ChatLogs {
  subscribe(listener: () => void): () => void
  /** The same object until something changes. */
  get(cid: string): LogView
  /** Loads the newest messages, unless they are here. */
  open(cid: string): void
  loadOlder(cid: string): Promise<void>
  /** Takes what the live socket tells. */
  take(frame: ServerFrame): void
  /** Takes what another answer told of a chat, before the live socket does. */
  takeMessage(message: Message): void
  /** Asks for whatever is in the store and not here, at once. */
  catchUp(cid: string): void
  /** What is here, by chat: from there on the live socket goes on. */
  have(): LastSeqs
  /** Nothing that is known to exist is missing. */
  isWhole(): boolean
  close(): void
}

export interface ChatLogsOptions {
  api: Pick<Api, 'listMessages' | 'entriesAfter'>
  /** Waits before it asks again: as long as told, or until the signal. */
  wait: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** So many entries behind it is quicker to begin anew. */
const maxBehind = 1_000
/** The server takes no more in one frame. */
const maxNamed = 500
const retryMs = 1_000
const maxRetryMs = 15_000
/** What the live socket is about to send is not asked for as well. */
const graceMs = 2_000

const unknown: LogView = { isLoadingOlder: false }

export function createChatLogs({ api, wait }: ChatLogsOptions): ChatLogs {
  const views = new Map<string, LogView>()
  const listeners = new Set<() => void>()
  const mending = new Set<string>()
  const askedAgain = new Set<string>()
  let waking = new AbortController()
  let closed = false

  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const get = (cid: string): LogView => views.get(cid) ?? unknown
  const set = (cid: string, change: Partial<LogView>): void => {
    if (closed) return
    views.set(cid, { ...get(cid), ...change })
    tell()
  }
  const setLog = (cid: string, next: (log: MessageLog) => MessageLog): void => {
    const { log } = get(cid)
    if (!log) return
    const changed = next(log)
    if (changed !== log) set(cid, { log: changed })
  }

  const begin = async (cid: string): Promise<void> => {
    const page = await api.listMessages(cid, {})
    set(cid, { log: startLog(page) })
  }

  /** Asks until nothing is missing. */
  const fetchMissing = async (cid: string): Promise<void> => {
    if (!get(cid).log) await begin(cid)
    for (;;) {
      const { log } = get(cid)
      if (!log || closed) return
      if (log.head - log.lastSeq > maxBehind) {
        await begin(cid)
        continue
      }
      const { data, lastSeq } = await api.entriesAfter(cid, log.lastSeq)
      setLog(cid, (now) => knowHead(applySteps(now, data.map(stepOfEntry)), lastSeq))
      const reached = get(cid).log
      if (!reached || !isBehind(reached) || data.length === 0) return
    }
  }

  const mend = async (cid: string): Promise<void> => {
    askedAgain.add(cid)
    if (mending.has(cid)) return
    mending.add(cid)
    for (let attempt = 0; askedAgain.has(cid) && !closed; ) {
      askedAgain.delete(cid)
      try {
        await fetchMissing(cid)
        set(cid, { error: undefined })
        attempt = 0
      } catch (failure) {
        const error = failure instanceof Error ? failure : new Error(String(failure))
        set(cid, { error })
        if (!(error instanceof ApiError) || !error.isPassing) {
          setLog(cid, withoutMissing)
          break
        }
        askedAgain.add(cid)
        await wait(Math.min(retryMs * 2 ** attempt++, maxRetryMs), waking.signal)
      }
    }
    mending.delete(cid)
    tell()
  }

  /** The way is clear again, or the user does not want to wait: who waits to ask again asks now. */
  const wake = (): void => {
    waking.abort()
    waking = new AbortController()
  }

  const mendIfBehind = (cid: string): void => {
    const { log } = get(cid)
    if (log && isBehind(log)) void mend(cid)
  }

  const takeHeads = async (heads: LastSeqs): Promise<void> => {
    wake()
    for (const cid of views.keys()) setLog(cid, (log) => knowHead(log, heads[cid] ?? 0))
    await wait(graceMs)
    for (const cid of views.keys()) mendIfBehind(cid)
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get,
    open(cid) {
      const { log, error } = get(cid)
      if (!log || error) void mend(cid)
    },
    async loadOlder(cid) {
      const { log, isLoadingOlder } = get(cid)
      if (!log?.hasOlder || isLoadingOlder) return
      const oldest = log.shown[0]?.id
      set(cid, { isLoadingOlder: true, error: undefined })
      try {
        const page = await api.listMessages(cid, { cursor: oldest })
        setLog(cid, (now) => addOlder(now, page, oldest))
        set(cid, { isLoadingOlder: false })
      } catch (failure) {
        const error = failure instanceof Error ? failure : new Error(String(failure))
        set(cid, { isLoadingOlder: false, error })
      }
    },
    take(frame) {
      if (frame.type === 'ready') {
        void takeHeads(frame.chats)
      } else if (frame.type === 'gap') {
        setLog(frame.cid, (log) => knowHead(log, frame.to))
        mendIfBehind(frame.cid)
      } else {
        const told = stepOfFrame(frame)
        if (!told) return
        setLog(told.cid, (log) => applySteps(log, [told.step]))
        const { log } = get(told.cid)
        // A hole: while the server itself is filling it, it comes in order and there is none.
        if (log && log.ahead.size > 0) void mend(told.cid)
      }
    },
    takeMessage(message) {
      setLog(message.cid, (log) => applySteps(log, [{ do: 'show', seq: message.seq, entry: message }]))
      mendIfBehind(message.cid)
    },
    catchUp(cid) {
      wake()
      void mend(cid)
    },
    have: () =>
      Object.fromEntries(
        [...views].flatMap(([cid, { log }]) => (log ? [[cid, log.lastSeq]] : [])).slice(-maxNamed),
      ),
    isWhole: () =>
      [...mending].every((cid) => get(cid).log) &&
      [...views.values()].every(({ log }) => !log || !isBehind(log)),
    close() {
      closed = true
    },
  }
}
