import { registryAwayContract } from './registry-away.ts'
import { blockingQueriesContract } from './registry-blocking-queries.ts'
import { registeringContract } from './registry-registering.ts'
import type { StartRegistry } from './registry-servers.ts'
import { watchingContract } from './registry-watching.ts'
import { registryWorld } from './registry-world.ts'

/** What registering and watching promise, on whatever speaks Consul's HTTP API. */
export function registrySuite(startRegistry: StartRegistry): void {
  const world = registryWorld(startRegistry)
  watchingContract(world)
  registeringContract(world)
  registryAwayContract(world)
  blockingQueriesContract(world)
}
