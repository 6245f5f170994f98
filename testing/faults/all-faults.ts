import { backendFaults } from './backend-faults.ts'
import type { Fault, Proxied } from './fault.ts'
import { networkFaults } from './network-faults.ts'
import { nodeFaults } from './node-faults.ts'
import { registryFaults } from './registry-faults.ts'
import { storeFaults } from './store-faults.ts'

/** Nothing is broken: what the others are compared with. */
const none: Fault = {
  name: 'none',
  title: 'nothing broken',
  run: (arena) => arena.pass(arena.holdMs),
}

const order: readonly (Proxied | undefined)[] = [undefined, 'nodes', 'mongo']

/** Every fault, those that need proxies last, so that the system is brought up in each form once. */
export const allFaults: readonly Fault[] = [
  none,
  ...nodeFaults,
  ...backendFaults,
  ...registryFaults,
  ...storeFaults,
  ...networkFaults,
].sort((a, b) => order.indexOf(a.proxied) - order.indexOf(b.proxied))

/**
 * The faults of a comma list of names; all of them without one.
 * @throws Error naming what there is, when a name is unknown
 */
export function chooseFaults(names: string | undefined): readonly Fault[] {
  if (!names) return allFaults
  const wanted = names.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => !allFaults.some((fault) => fault.name === name))
  if (unknown !== undefined) {
    const known = allFaults.map(({ name }) => name).join(', ')
    throw new Error(`there is no fault ${unknown}: choose of ${known}`)
  }
  return allFaults.filter(({ name }) => wanted.includes(name))
}
