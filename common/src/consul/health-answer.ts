import { isIPv6 } from 'node:net'
import { z } from 'zod'
import type { ConsulAnswer } from './call-consul.ts'
import type { ServiceInstance } from './service-instance.ts'

/** The part we use of https://developer.hashicorp.com/consul/api-docs/health#list-service-instances-for-service */
const Entry = z.object({
  Node: z.object({ Address: z.string().default('') }),
  Service: z.object({
    ID: z.string().min(1),
    Address: z.string().default(''),
    Port: z.int(),
    Meta: z.record(z.string(), z.string()).nullish(),
    CreateIndex: z.int().nonnegative(),
    ModifyIndex: z.int().nonnegative(),
  }),
})

const Answer = z.object({
  headers: z.object({ 'x-consul-index': z.string().regex(/^\d+$/).transform(Number) }),
  body: z.array(Entry),
})

/** Who is passing, as Consul answered. */
export interface HealthAnswer {
  /** X-Consul-Index as it came, not yet made sane. */
  index: number
  /** Sorted by id; one a host:port, that of the newest registration. */
  instances: ServiceInstance[]
  /** What was left out as nobody could be reached by it: `id at address:port`. */
  unusable: string[]
}

/** @throws Error when the answer is not one of health/service */
export function readHealthAnswer(answer: ConsulAnswer): HealthAnswer {
  const { headers, body } = Answer.parse(answer)
  const newestFirst = body.toSorted(
    (a, b) =>
      b.Service.ModifyIndex - a.Service.ModifyIndex ||
      b.Service.CreateIndex - a.Service.CreateIndex ||
      compare(a.Service.ID, b.Service.ID),
  )
  const byAddress = new Map<string, ServiceInstance>()
  const unusable: string[] = []
  for (const { Node, Service } of newestFirst) {
    const host = plainHost(Service.Address || Node.Address)
    if (host === undefined || Service.Port < 1 || Service.Port > 65_535) {
      unusable.push(`${Service.ID} at ${Service.Address || Node.Address}:${Service.Port}`)
      continue
    }
    const address = `${host}:${Service.Port}`
    if (byAddress.has(address)) continue
    byAddress.set(address, {
      id: Service.ID,
      host,
      port: Service.Port,
      instance: Service.Meta?.instance ?? '',
    })
  }
  const instances = [...byAddress.values()].sort((a, b) => compare(a.id, b.id) || compare(a.host, b.host))
  return { index: headers['x-consul-index'], instances, unusable }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** A host as it stands in a URL; some register theirs with its scheme. */
function plainHost(address: string): string | undefined {
  const host = address.replace(/^http:\/\//, '').replace(/\/$/, '')
  if (isIPv6(host)) return `[${host}]`
  return /^([\w.-]+|\[[\da-fA-F:.]+\])$/.test(host) ? host : undefined
}
