import { QueryClient, type QueryKey } from '@tanstack/react-query'
import { type Api, createApi } from '../api/create-api.ts'
import type { ServerFrame } from '../api/frames.ts'
import { type Live, openLive } from '../api/open-live.ts'
import { createOutbox, type Outbox } from '../api/outbox.ts'
import { ApiError } from '../api/request.ts'
import { storedOutbox } from '../api/stored-outbox.ts'
import type { NewsEvent, Token } from '../api/types.ts'
import { type ChatLogs, createChatLogs } from '../chats/chat-logs.ts'
import { type ChatPages, chatPagesAfter } from '../chats/chat-pages.ts'
import { createDrafts, type Drafts } from '../chats/drafts.ts'
import { createReadMarker, type ReadMarker } from '../chats/read-marker.ts'
import { createSignals, type Signals } from '../chats/signals.ts'
import { type NewsPages, newsPagesAfter } from '../news/news-pages.ts'
import { createPeople, type People } from '../people/people.ts'
import { queryKeys } from './query-keys.ts'

/** What the pages of one signed-in user share. */
export interface Session {
  token: Token
  /** The user's own id. */
  me: number
  api: Api
  live: Live
  outbox: Outbox
  logs: ChatLogs
  signals: Signals
  drafts: Drafts
  readMarker: ReadMarker
  people: People
  queries: QueryClient
  /** Asks for the list of chats again, soon and once. */
  refreshChats: () => void
  /** Puts something that happened into the feed. */
  addNews: (event: NewsEvent) => void
  /** @throws ApiError when the API could not be told: the session goes on */
  signOut: () => Promise<void>
  start: () => void
  stop: () => void
}

export interface SessionOptions {
  /** The API or the socket no longer takes the token, or it has run out. */
  onEnd: () => void
  /** The user asked for it, and the token is ended. */
  onSignedOut: () => void
}

const refreshMs = 300
/** The frames that may change the list of chats. */
const chatFrames: ReadonlySet<string> = new Set(['message', 'edited', 'deleted', 'members', 'read'])

export function createSession(token: Token, { onEnd, onSignedOut }: SessionOptions): Session {
  const me = token.userId
  const api = createApi({ token: token.token, onSessionEnd: onEnd, onSilence: () => live.check() })
  const queries = createQueryClient()
  const people = createPeople(api)
  const logs = createChatLogs({ api, wait: waitUnlessWoken })
  const signals = createSignals((ms, run) => setTimeout(run, ms))
  const drafts = createDrafts(me)
  const readMarker = createReadMarker({ api, wait: waitUnlessWoken })
  const live = openLive({ token: token.token, have: logs.have, onFrame: take, onSessionEnd: onEnd })
  const outbox = createOutbox({
    send: api.sendMessage,
    wait: waitUnlessWoken,
    storage: storedOutbox(me),
    onSent(message) {
      logs.takeMessage(message)
      updateChats({ type: 'message', message })
    },
  })
  const refreshTimers = new Map<QueryKey, ReturnType<typeof setTimeout>>()
  let endTimer: ReturnType<typeof setTimeout> | undefined

  function refresh(queryKey: QueryKey): void {
    clearTimeout(refreshTimers.get(queryKey))
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey }), refreshMs)
    refreshTimers.set(queryKey, timer)
  }
  const refreshChats = (): void => refresh(queryKeys.chats)

  function updateChats(frame: ServerFrame): void {
    if (!chatFrames.has(frame.type)) return
    const list = queries.getQueryData<ChatPages>(queryKeys.chats)
    const after = list && chatPagesAfter(list, frame, me)
    if (after) queries.setQueryData(queryKeys.chats, after)
    // An answer that is on its way may be older than the frame.
    if (!after || queries.isFetching({ queryKey: queryKeys.chats }) > 0) refreshChats()
  }

  function addNews(event: NewsEvent): void {
    queries.setQueryData<NewsPages>(queryKeys.news, (list) => list && newsPagesAfter(list, event))
    // An answer that is on its way may be older than the event.
    if (queries.isFetching({ queryKey: queryKeys.news }) > 0) refresh(queryKeys.news)
  }

  function take(frame: ServerFrame): void {
    logs.take(frame)
    signals.take(frame)
    updateChats(frame)
    if (frame.type === 'news') addNews(frame.event)
    if (frame.type === 'members') {
      void queries.invalidateQueries({ queryKey: queryKeys.chat(frame.members.cid) })
    }
    if (frame.type === 'ready') {
      outbox.wake()
      readMarker.wake()
      refreshChats()
      // What happened while nobody listened is in the store.
      void queries.invalidateQueries({ queryKey: queryKeys.news })
      void queries.invalidateQueries({ queryKey: queryKeys.anyChat })
      void queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' })
    }
    noteWhole()
  }

  function noteWhole(): void {
    if (live.state().phase === 'catchingUp' && logs.isWhole()) live.caughtUp()
  }
  logs.subscribe(noteWhole)

  return {
    token,
    me,
    api,
    live,
    outbox,
    logs,
    signals,
    drafts,
    readMarker,
    people,
    queries,
    refreshChats,
    addNews,
    async signOut() {
      await api.signOut()
      outbox.close()
      onSignedOut()
    },
    start() {
      live.start()
      endTimer = setTimeout(onEnd, Math.min(token.expiresAt * 1000 - Date.now(), 2 ** 31 - 1))
    },
    stop() {
      clearTimeout(endTimer)
      for (const timer of refreshTimers.values()) clearTimeout(timer)
      live.stop()
    },
  }
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // The live socket tells what changed; coming back to the tab is no reason to ask for everything again.
        refetchOnWindowFocus: false,
        // Asked at once also without a network: that there is none is then said, and not waited for in silence.
        networkMode: 'always',
        retry: (failures, error) => error instanceof ApiError && error.isPassing && failures < 3,
        retryDelay: (failures, error) =>
          (error instanceof ApiError ? error.retryAfterMs : undefined) ??
          Math.min(500 * 2 ** failures, 5_000),
      },
      mutations: { networkMode: 'always' },
    },
  })
}

function waitUnlessWoken(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
