/** One thing that happened, as it is told to whoever listens. */
export interface BusEvent {
  /** Events of one key arrive in the order in which one process published them. */
  key: string
  name: string
  /** JSON. */
  body: unknown
}

/** What a listener is told beside the events. */
export interface SubscriptionHandlers {
  /** From now on every event arrives. Called once, the first time that the subscription stands. */
  onReady?: () => void
  /**
   * Events may have been lost before now, and from now on every event arrives again: the time to compare with the
   * store, which is the truth. Called each time the subscription stands again after it was broken.
   */
  onBreak?: () => void
  /**
   * While every listener of a topic answers no here, its events may come together, half a second late: following them one
   * by one costs as much as the requests that they tell of.
   */
  isWanted?: () => boolean
}

/** One listener's hold on a topic. */
export interface Subscription {
  /** Whether events arrive: false until the subscription first stands, and while the broker is away. */
  readonly healthy: boolean
  /** Ends it; no event comes after this call. */
  close(): void
}

/**
 * Tells every process that listens what happened. Events are hints: any may be lost or come twice, and the store is
 * the truth. Every implementation passes testing/contracts/bus.
 */
export interface Bus {
  /**
   * Never throws and never waits. While the broker is away events are kept in a bounded queue, of which the oldest are
   * dropped. What is no JSON, or longer than 128 kB as JSON, is not sent; the log says so.
   */
  publish(topic: string, event: BusEvent): void
  /**
   * Every subscriber, in this process and in all others, gets all events from now on. What `onEvent` throws is logged.
   * The topic is made when it is not there.
   */
  subscribe(topic: string, onEvent: (event: BusEvent) => void, handlers?: SubscriptionHandlers): Subscription
  /** Whether all its subscriptions are healthy; true without any. */
  readonly healthy: boolean
  /** What is wrong, in words that may be shown to anybody; undefined while healthy. */
  readonly trouble: string | undefined
  /** Sends what still waits and lets go of the broker, within so many ms whatever the broker does. */
  close(withinMs: number): Promise<void>
}

/** Names of the topics; that of userEvents is the setting BUS_TOPIC. */
export const topics = { chatEvents: 'chatEvents', liveEvents: 'liveEvents' } as const

/** How long a service waits, at its end, for the bus to send what is left, in ms. */
export const busCloseMs = 1_000
