import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** One value of a metric. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** What is told under one name. Only what `read` answers is told: what is gone needs no taking away. */
export interface Metric {
  /** As https://prometheus.io/docs/practices/naming/ has it: with its unit, and `_total` when it only grows. */
  name: string
  help: string
  kind: 'counter' | 'gauge'
  labelNames: readonly string[]
  /** Called each time that the metrics are asked for. */
  read(): readonly Sample[]
}

interface Tally {
  labels: { method: string; route: string; status: string }
  requests: number
  seconds: number
}

const schema = { summary: 'Metrics in the text format of Prometheus', tags: ['service'] }

/**
 * Counts requests and their time by route, and answers GET /metrics in the text format of Prometheus.
 * A request costs two additions; the metrics are made when they are asked for.
 * @param more what else this service tells
 */
export function addMetrics(app: FastifyInstance, more: readonly Metric[] = []): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const tallies = new Map<string, Tally>()
  const ofRoutes = (name: string, help: string, value: (tally: Tally) => number): Metric => ({
    name,
    help,
    kind: 'counter',
    labelNames: ['method', 'route', 'status'],
    read: () => [...tallies.values()].map((tally) => ({ labels: tally.labels, value: value(tally) })),
  })
  const all = [
    ofRoutes('http_requests_total', 'requests answered', (tally) => tally.requests),
    ofRoutes('http_request_seconds_total', 'time spent answering, in seconds', (tally) => tally.seconds),
    ...more,
  ]
  for (const metric of all) register(metric, registry)

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const key = `${request.method} ${route} ${reply.statusCode}`
    const tally = tallies.get(key) ?? {
      labels: { method: request.method, route, status: String(reply.statusCode) },
      requests: 0,
      seconds: 0,
    }
    tally.requests += 1
    tally.seconds += reply.elapsedTime / 1000
    tallies.set(key, tally)
    done()
  })

  app.get('/metrics', { schema }, async (_request, reply) => {
    reply.type(registry.contentType)
    return await registry.metrics()
  })
}

function register({ name, help, kind, labelNames, read }: Metric, registry: Registry): void {
  const Kind = kind === 'counter' ? Counter : Gauge
  new Kind({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      // Of a metric without labels this leaves a 0, which would be told when there is nothing to tell.
      this.reset()
      if (labelNames.length === 0) this.remove({})
      for (const { labels, value } of read()) this.inc(labels, value)
    },
  })
}
