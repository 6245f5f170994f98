import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import fc from 'fast-check'
import { nodeKey } from './dialogue-node.ts'

// What may happen. Requests and probes end when they like: late, and for nodes that have left meanwhile.

const addresses = [
  { host: '10.0.0.1', port: 8080 },
  { host: '10.0.0.1', port: 9080 },
  { host: '10.0.0.2', port: 8080 },
  { host: '10.0.0.10', port: 8080 },
  { host: 'dialogue05', port: 8080 },
  { host: 'dialogue06', port: 8080 },
]
export const instanceAt = (address: { host: string; port: number }, run: string): ServiceInstance => ({
  ...address,
  id: `${address.host}-${run}`,
  instance: run,
})
const anyInstance = fc
  .tuple(fc.constantFrom(...addresses), fc.constantFrom('run1', 'run2', ''))
  .map(([address, run]) => instanceAt(address, run))
const registryAnswer = fc.oneof(
  { weight: 4, arbitrary: fc.subarray(addresses).map((some) => some.map((at) => instanceAt(at, 'run1'))) },
  { weight: 2, arbitrary: fc.array(anyInstance, { maxLength: 9 }) },
  { weight: 1, arbitrary: fc.constant<ServiceInstance[]>([]) },
)
const which = fc.nat(9)
const answerArbitrary = fc.record({ kind: fc.constant('registry answers'), instances: registryAnswer })
const burstArbitrary = fc.record({ kind: fc.constant('burst'), requests: fc.integer({ min: 1, max: 40 }) })
const timeArbitrary = fc.record({
  kind: fc.constant('time passes'),
  ms: fc.oneof(fc.nat(2_000), fc.nat(40_000)),
})
const event = fc.oneof(
  { weight: 2, arbitrary: answerArbitrary },
  { weight: 4, arbitrary: burstArbitrary },
  { weight: 2, arbitrary: timeArbitrary },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ejection ends'), earlyMs: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('request starts') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('request ends'),
      which,
      how: fc.constantFrom('well', 'excused', 'wrongly', 'silent'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('probe starts'), which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('probe ends'),
      which,
      said: fc.constantFrom('ok', 'draining', 'nothing'),
    }),
  },
)
/** What happens to one backend, from its start. */
export const history = fc.record({
  /** DIALOG_HOSTS */
  initial: fc.array(fc.constantFrom(...addresses).map((address) => instanceAt(address, ''))),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  /** Those who answer wrongly in a burst, while the others answer well. */
  faulty: fc.subarray(addresses).map((some) => some.map(nodeKey)),
  events: fc.array(event, { minLength: 1, maxLength: 60, size: 'medium' }),
})
export type History = typeof history extends fc.Arbitrary<infer T> ? T : never
export type Event = History['events'][number]

/** Too rare to be met by chance: the request that was to decide on a node ends while that node drains. */
export const drainedOnTrial: History = {
  initial: addresses.slice(0, 2).map((address) => instanceAt(address, '')),
  random: 0,
  faulty: addresses.slice(0, 1).map(nodeKey),
  events: [
    { kind: 'burst', requests: 20 },
    { kind: 'ejection ends', earlyMs: 0 },
    { kind: 'request starts' },
    { kind: 'request starts' },
    { kind: 'registry answers', instances: [] },
    { kind: 'probe starts', which: 0 },
    {
      kind: 'registry answers',
      instances: addresses.slice(0, 2).map((address) => instanceAt(address, 'run1')),
    },
    { kind: 'probe ends', which: 0, said: 'draining' },
    { kind: 'request ends', which: 0, how: 'silent' },
    { kind: 'request ends', which: 0, how: 'silent' },
    { kind: 'probe starts', which: 0 },
    { kind: 'probe ends', which: 0, said: 'ok' },
    { kind: 'burst', requests: 4 },
  ],
}
