import { randomResourceId } from '@roundtable/common/resource-id'
import autocannon from 'autocannon'
import { idMark, type LoadPlan, type LoadResult, type LoadShape } from './load-plan.ts'

/** Sends the requests of a plan with autocannon: in this process, so its CPU is that of whoever measures. */
export async function runAutocannon(plan: LoadPlan, shape: LoadShape): Promise<LoadResult> {
  const result = await autocannon({
    url: plan.url,
    connections: shape.connections,
    duration: shape.seconds,
    headers: { ...plan.headers },
    requests: [
      {
        method: plan.method,
        setupRequest: (request) => {
          const i = Math.floor(Math.random() * plan.paths.length)
          const body = plan.bodies?.[i]?.replace(idMark, randomResourceId())
          return { ...request, path: plan.paths[i], ...(body === undefined ? {} : { body }) }
        },
      },
    ],
  })
  return {
    requests: result['2xx'] + result.non2xx,
    requestsPerS: (result['2xx'] + result.non2xx) / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors,
  }
}
