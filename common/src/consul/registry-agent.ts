import { z } from 'zod'
import { callConsul } from './call-consul.ts'
import type { ServiceDescription } from './service-instance.ts'

/** Longest wait for one answer of the agent, in ms. */
const timeoutMs = 1_000

/** The part we use of https://developer.hashicorp.com/consul/api-docs/agent/service#list-services */
const Services = z.record(
  z.string(),
  z.object({
    Service: z.string(),
    Address: z.string().default(''),
    Port: z.int(),
    Meta: z.record(z.string(), z.string()).nullish(),
  }),
)

/** The agent's part of Consul: what is registered there. Every method throws when Consul does not do as asked. */
export interface RegistryAgent {
  /** The registration of this id, as it stands. */
  find(id: string, signal: AbortSignal): Promise<ServiceDescription | undefined>
  /** Registers the service with its health check, in place of whatever holds its id. */
  put(service: ServiceDescription, signal: AbortSignal): Promise<void>
  remove(id: string, signal: AbortSignal): Promise<void>
}

/** @param consulDsn host:port of Consul */
export function createRegistryAgent(consulDsn: string): RegistryAgent {
  return {
    async find(id, signal) {
      const { body } = await callConsul(consulDsn, { timeoutMs, signal }, (consul, common) =>
        consul.agent.service.list(common),
      )
      const found = new Map(Object.entries(Services.parse(body))).get(id)
      if (!found) return undefined
      const { Service, Address, Port, Meta } = found
      return { id, name: Service, host: Address, port: Port, instance: Meta?.instance ?? '' }
    },

    async put(service, signal) {
      const { id, name, host, port, instance } = service
      const { body: leader } = await callConsul(consulDsn, { timeoutMs, signal }, (consul, common) =>
        consul.status.leader(common),
      )
      // Taken by an agent whose server has no leader, it would be listed only at the agent's next full sync,
      // up to half a minute later.
      if (!leader) throw new Error('Consul has no leader')
      const check = {
        name: `${name} answers /ping`,
        http: `http://${host}:${port}/ping`,
        interval: '1s',
        timeout: '900ms',
        // Backends find out at once, by themselves, who does not answer. A registry that took nodes short of CPU off the
        // list would send their load to the others, which then are short of it too.
        failuresbeforecritical: 5,
        // It listens already: until Consul's first look nobody needs to do without it.
        status: 'passing',
        // This very spelling is what the client passes on.
        deregistercriticalserviceafter: '1m',
      }
      await callConsul(consulDsn, { timeoutMs, signal }, (consul, common) =>
        consul.agent.service.register({
          id,
          name,
          address: host,
          port,
          meta: { instance },
          check,
          ...common,
        }),
      )
    },

    async remove(id, signal) {
      await callConsul(consulDsn, { timeoutMs, signal }, (consul, common) =>
        consul.agent.service.deregister({ id, ...common }),
      )
    },
  }
}
