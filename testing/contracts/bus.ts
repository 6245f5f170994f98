import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Bus, BusEvent, Subscription, SubscriptionHandlers } from '@roundtable/common/bus/bus'
import { openBus } from '@roundtable/common/bus/open-bus'
import { pino } from 'pino'
import { waitUntil } from '../servers/wait-until.ts'
import type { TestBroker } from './bus-brokers.ts'

/** What every bus does, whatever carries the events. */
export function busSuite(start: () => Promise<TestBroker>): void {
  let broker: TestBroker
  const buses: Bus[] = []
  beforeAll(async () => {
    broker = await start()
  }, 120_000)
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close(1_000)))
  })
  afterAll(() => broker.close())

  /** A process of its own, as far as the broker can see, and the lines it logs. */
  const open = (dsn = broker.dsn) => {
    const lines: string[] = []
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    const bus = openBus(dsn, { logger, clientId: 'test' })
    buses.push(bus)
    return { bus, logged: (text: string) => lines.filter((line) => line.includes(text)) }
  }

  test('everyone who listens gets every event, wherever it was published', async () => {
    const [first, second] = [open().bus, open().bus]
    const topic = newTopic()
    const all = [listen(first, topic), listen(first, topic), listen(second, topic)]
    const other = listen(second, newTopic())
    await allStand([...all, other])
    first.publish(topic, event('a', 1))
    second.publish(topic, event('b', 2))
    for (const { events } of all) {
      await waitUntil('both events arrived', () => events.length >= 2)
      expect(events.toSorted(byBody)).toEqual([event('a', 1), event('b', 2)])
    }
    expect(other.events).toEqual([])
  })

  test('events of one key arrive in order', async () => {
    const [writer, reader] = [open().bus, open().bus]
    const topic = newTopic()
    const heard = listen(reader, topic)
    await allStand([heard])
    const keys = ['a', 'b', 'c', 'd']
    for (let i = 0; i < 500; i++) for (const key of keys) writer.publish(topic, event(key, i))
    await waitUntil('all events arrived', () => heard.events.length >= 2_000)
    for (const key of keys) {
      const bodies = heard.events.filter((each) => each.key === key).map(({ body }) => body)
      expect(bodies).toEqual(Array.from({ length: 500 }, (_, i) => i))
    }
  })

  test('a listener hears what happens from then on', async () => {
    const { bus } = open()
    const topic = newTopic()
    const early = listen(bus, topic)
    await allStand([early])
    bus.publish(topic, event('a', 'before'))
    await waitUntil('it arrived', () => early.events.length === 1)
    const [late, elsewhere] = [listen(bus, topic), listen(open().bus, topic)]
    await allStand([late, elsewhere])
    bus.publish(topic, event('a', 'after'))
    for (const { events } of [late, elsewhere]) {
      await waitUntil('it arrived', () => events.length > 0)
      expect(events).toEqual([event('a', 'after')])
    }
  })

  test('after its end a subscription hears nothing, and others hear on', async () => {
    const { bus } = open()
    const topic = newTopic()
    const [ended, other] = [listen(bus, topic), listen(bus, topic)]
    await allStand([ended, other])
    ended.subscription.close()
    bus.publish(topic, event('a', 1))
    await waitUntil('it arrived', () => other.events.length === 1)
    expect(ended.events).toEqual([])
    expect(ended.subscription.healthy).toBe(false)
    expect(bus.healthy).toBe(true)
  })

  test('what nobody waits for may come together, and all of it comes', async () => {
    const topic = newTopic()
    const [writer, other] = [open().bus, open().bus]
    const waiting = listen(writer, topic)
    const idle = listen(other, topic, { isWanted: () => false })
    await allStand([waiting, idle])
    const all = Array.from({ length: 20 }, (_, i) => event('a', i))
    for (const [i, each] of all.entries()) {
      writer.publish(topic, each)
      await waitUntil('whoever waits is told', () => waiting.events.length > i)
    }
    await waitUntil('all are told to the other', () => idle.events.length === all.length)
    expect(idle.events).toEqual(all)
    expect(waiting.turns).toBe(all.length)
    expect(idle.turns < waiting.turns).toBe(broker.gathersUnwanted)
  })

  test('what is no event is dropped and logged once; the next one arrives', async () => {
    const { bus, logged } = open()
    const topic = newTopic()
    const heard = listen(bus, topic)
    await allStand([heard])
    for (const text of ['no JSON', '{"name":"no key","body":1}', '5']) await broker.sendRaw(topic, text)
    bus.publish(topic, event('any', 1))
    await waitUntil('it arrived', () => heard.events.length > 0)
    expect(heard.events).toEqual([event('any', 1)])
    expect(logged('is no event')).toHaveLength(1)
  })

  test('an event that cannot be sent is logged, and the next one is sent', async () => {
    const { bus, logged } = open()
    const topic = newTopic()
    const heard = listen(bus, topic)
    await allStand([heard])
    const round: { self?: unknown } = {}
    round.self = round
    for (const body of [round, 1n, 'x'.repeat(200_000)]) bus.publish(topic, { key: 'a', name: 'bad', body })
    bus.publish(topic, event('a', 1))
    await waitUntil('it arrived', () => heard.events.length > 0)
    expect(heard.events).toEqual([event('a', 1)])
    expect(logged('cannot be sent')).toHaveLength(3)
  })

  test('a listener that throws keeps nobody from hearing', async () => {
    const { bus, logged } = open()
    const topic = newTopic()
    bus.subscribe(topic, () => {
      throw new Error('a fault of the listener')
    })
    const heard = listen(bus, topic)
    await allStand([heard])
    for (const i of [1, 2]) bus.publish(topic, event('a', i))
    await waitUntil('both arrived', () => heard.events.length === 2)
    expect(logged('a fault of the listener')).toHaveLength(2)
  })

  test('a broker that was killed and comes back: told, logged once, and nothing that waited is lost', async () => {
    const { bus, logged } = open()
    const topic = newTopic()
    const [one, two] = [listen(bus, topic), listen(bus, topic)]
    await allStand([one, two])
    bus.publish(topic, event('a', 0))
    await waitUntil('it arrived', () => one.events.length === 1)
    expect(bus.trouble).toBeUndefined()

    broker.process.signal('SIGKILL')
    await waitUntil('the break is noticed', () => !bus.healthy)
    expect(one.subscription.healthy).toBe(false)
    expect(bus.trouble).toContain(topic)
    for (let i = 1; i <= 3; i++) bus.publish(topic, event('a', i))
    expect([one.breaks, two.breaks]).toEqual([0, 0])

    await broker.startAgain()
    await waitUntil('both were told of the break', () => one.breaks + two.breaks === 2)
    await waitUntil('what waited arrived', () => one.events.length >= 4 && two.events.length >= 4)
    expect(one.events.map(({ body }) => body)).toEqual([0, 1, 2, 3])
    expect(two.events).toEqual(one.events)
    expect([one.readies, two.readies]).toEqual([1, 1])
    expect(bus.trouble).toBeUndefined()
    await waitUntil('its return is logged', () => logged('is back').length > 0)
    expect([logged('is away').length, logged('is back').length]).toEqual([1, 1])
  }, 180_000)

  test('a broker that hangs is noticed, and so is its recovery', async () => {
    const { bus } = open()
    const topic = newTopic()
    const heard = listen(bus, topic)
    await allStand([heard])
    broker.process.signal('SIGSTOP')
    try {
      await waitUntil('the break is noticed', () => !heard.subscription.healthy, 60_000)
      bus.publish(topic, event('a', 1))
      // Its end does not wait for a broker that does not answer.
      const other = open().bus
      listen(other, topic)
      other.publish(topic, event('a', 2))
      await other.close(200)
    } finally {
      broker.process.signal('SIGCONT')
    }
    await waitUntil('it was told of the break', () => heard.breaks === 1, 60_000)
    await waitUntil('what waited arrived', () => heard.events.length > 0)
    expect(heard.events[0]).toEqual(event('a', 1))
  }, 180_000)

  test('without a broker it publishes, keeps no more than it should, says what is wrong, and ends', async () => {
    const { bus, logged } = open(broker.dsn.replace(/\d+$/, '1'))
    const topic = newTopic()
    const heard = listen(bus, topic)
    for (let i = 0; i < 20_000; i++) bus.publish(topic, event('a', i))
    await waitUntil('the absence is logged', () => logged('is away').length > 0)
    expect(bus.healthy).toBe(false)
    expect(heard.readies).toBe(0)
    await bus.close(200)
    const [line = ''] = logged('unsent')
    expect(JSON.parse(line).unsent).toBeGreaterThanOrEqual(10_000)
    expect(JSON.parse(line).unsent).toBeLessThan(12_000)
    // After its end it takes nothing, and does not mind.
    bus.publish(topic, event('a', 1))
  })
}

let lastTopic = 0
const newTopic = (): string => `topic-${process.pid}-${++lastTopic}`

function event(key: string, body: unknown): BusEvent {
  return { key, name: 'happened', body }
}

const byBody = (a: BusEvent, b: BusEvent): number => Number(a.body) - Number(b.body)

interface Heard {
  subscription: Subscription
  events: BusEvent[]
  /** How often some came, however many at once. */
  turns: number
  readies: number
  breaks: number
}

function listen(bus: Bus, topic: string, handlers: Pick<SubscriptionHandlers, 'isWanted'> = {}): Heard {
  const events: BusEvent[] = []
  const heard = { events, turns: 0, readies: 0, breaks: 0 }
  let isSameTurn = false
  const onEvent = (each: BusEvent): void => {
    events.push(each)
    if (!isSameTurn) heard.turns++
    isSameTurn = true
    setImmediate(() => {
      isSameTurn = false
    })
  }
  const subscription = bus.subscribe(topic, onEvent, {
    ...handlers,
    onReady: () => void heard.readies++,
    onBreak: () => void heard.breaks++,
  })
  return Object.assign(heard, { subscription })
}

async function allStand(heard: readonly Heard[]): Promise<void> {
  await waitUntil('all subscriptions stand', () => heard.every(({ readies }) => readies === 1), 60_000)
}
