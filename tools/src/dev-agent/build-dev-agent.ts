import type { Logger } from '@roundtable/common/logger'
import Fastify, { type FastifyInstance } from 'fastify'
import { type Catalog, createCatalog } from './catalog.ts'
import { agentService, healthEntry } from './consul-json.ts'
import { readHealthQuery } from './read-health-query.ts'
import { consulFloors, type Floors, readRegistration } from './read-registration.ts'
import { Refusal } from './refusal.ts'
import { sendJson, sendText, speakAsConsul, withOtherMethodsRefused } from './speak-as-consul.ts'
import { statusPage } from './status-page.ts'

export interface DevAgentOptions {
  logger: Logger
  /** Shortest times a registration may ask for; Consul's by default. */
  floors?: Floors
}

/**
 * The part of Consul's HTTP API that this system uses, kept in memory: services with HTTP checks, and blocking
 * queries for those that pass. It does not listen. Closing it ends its checks and sends away whoever waits.
 */
export function buildDevAgent(options: DevAgentOptions): FastifyInstance {
  const { logger, floors = consulFloors } = options
  const app = Fastify({
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1_000 },
  })
  const catalog = createCatalog(logger)
  app.addHook('preClose', (done) => {
    catalog.close()
    done()
  })
  speakAsConsul(app, logger)
  withOtherMethodsRefused(app, () => {
    app.get('/', (_request, reply) => sendText(reply, 200, statusPage(catalog.list())))
    app.get('/v1/status/leader', (_request, reply) => sendJson(reply, '127.0.0.1:8300'))
    declareAgentRoutes(app, catalog, floors)
    declareHealthRoute(app, catalog)
  })
  return app
}

function declareAgentRoutes(app: FastifyInstance, catalog: Catalog, floors: Floors): void {
  app.put('/v1/agent/service/register', (request, reply) => {
    catalog.put(readRegistration(request.body, floors))
    return reply.send()
  })

  app.put<{ Params: { id: string } }>('/v1/agent/service/deregister/:id', (request, reply) => {
    const { id } = request.params
    if (!catalog.remove(id)) {
      throw new Refusal(404, `Unknown service ID "${id}": pass the id of a service, not its name`)
    }
    return reply.send()
  })

  app.get('/v1/agent/services', (_request, reply) =>
    sendJson(
      reply,
      Object.fromEntries(catalog.list().map((service) => [service.definition.id, agentService(service)])),
    ),
  )

  app.get<{ Params: { id: string } }>('/v1/agent/service/:id', (request, reply) => {
    const service = catalog.find(request.params.id)
    if (!service) throw new Refusal(404, `unknown service ID: ${request.params.id}`)
    return sendJson(reply, agentService(service))
  })
}

interface HealthRequest {
  Params: { name: string }
  Querystring: Record<string, string | undefined>
}

function declareHealthRoute(app: FastifyInstance, catalog: Catalog): void {
  app.get<HealthRequest>('/v1/health/service/:name', async (request, reply) => {
    const { name } = request.params
    if (name === '') throw new Refusal(400, 'Missing service name')
    const { passingOnly, index, waitMs } = readHealthQuery(request.query)
    if (index > 0) {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      await catalog.waitBeyond(name, index, waitMs, gone.signal)
    }
    const services = catalog
      .list()
      .filter(({ definition }) => definition.name === name)
      .filter(({ checks }) => !passingOnly || checks.every((check) => check.status === 'passing'))
    reply.headers({
      'x-consul-index': String(catalog.indexOf(name)),
      'x-consul-knownleader': 'true',
      'x-consul-lastcontact': '0',
    })
    return sendJson(reply, services.map(healthEntry))
  })
}
