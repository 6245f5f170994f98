import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Registry } from 'prom-client'

interface Tally {
  labels: { method: string; route: string; status: string }
  requests: number
  seconds: number
}

const schema = { summary: 'Metrics in the text format of Prometheus', tags: ['service'] }

/**
 * Counts requests and their time by route, and answers GET /metrics in the text format of Prometheus.
 * A request costs two additions; the metrics are made when they are asked for.
 */
export function addMetrics(app: FastifyInstance): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const tallies = new Map<string, Tally>()
  const labelNames = ['method', 'route', 'status'] as const
  const counter = (name: string, help: string, value: (tally: Tally) => number) =>
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        for (const tally of tallies.values()) this.inc(tally.labels, value(tally))
      },
    })
  counter('http_requests_total', 'requests answered', (tally) => tally.requests)
  counter('http_request_seconds_total', 'time spent answering, in seconds', (tally) => tally.seconds)

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
