import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import type { Logger } from '@roundtable/common/logger'
import { type NodeKey, nodeKey } from './dialogue-node.ts'
import { NodeHealth } from './node-health.ts'

/** A node the backend may send requests to. */
export interface ListedNode {
  readonly key: NodeKey
  readonly id: string
  readonly host: string
  readonly port: number
  readonly instance: string
  readonly health: NodeHealth
  /** Since it joined the list. */
  readonly counts: NodeCounts
}

/** What was asked of a node: attempts, those it failed, and those that had failed elsewhere before. */
export interface NodeCounts {
  requests: number
  failures: number
  retries: number
}

export interface NodeListOptions {
  logger: Logger
  /** Serve until the registry has named a node: DIALOG_HOSTS. */
  initial: readonly ServiceInstance[]
  now?: () => number
}

/**
 * The live list of nodes: an immutable, sorted snapshot, replaced as a whole at each change.
 *
 * It believes the registry, but not blindly. Nodes that vanish all at once (all, or more than half) stay until
 * their own probes fail (prober.ts): a registry that was wiped or restarted lists nobody while everybody is well.
 */
export class NodeList {
  readonly #logger: Logger
  readonly #now: () => number
  readonly #doubted = new Set<NodeKey>()
  #nodes: readonly ListedNode[] = []
  /** The registry has named no node yet. */
  #areGuessed = true
  #registryAnsweredAt: number | undefined
  #onRemoved: (node: ListedNode) => void = () => {}

  constructor(options: NodeListOptions) {
    this.#logger = options.logger
    this.#now = options.now ?? (() => performance.now())
    this.#replace([...this.#oneAnAddress(options.initial)].map((instance) => this.#list(instance)))
  }

  /** Sorted by key. */
  get nodes(): readonly ListedNode[] {
    return this.#nodes
  }

  /** When the registry last told its list; undefined before it has. */
  get registryAnsweredAt(): number | undefined {
    return this.#registryAnsweredAt
  }

  /** Nodes that the registry no longer lists and that stay only as long as their own probes say so. */
  isDoubted(node: ListedNode): boolean {
    return this.#doubted.has(node.key)
  }

  /** Called for each node that leaves the list, also when a new instance takes its address. */
  onRemoved(listener: (node: ListedNode) => void): void {
    this.#onRemoved = listener
  }

  /** Takes the registry's answer. A change with the same number of nodes is a change. */
  apply(instances: readonly ServiceInstance[]): void {
    this.#registryAnsweredAt = this.#now()
    const next = new Map<NodeKey, ListedNode>()
    for (const instance of this.#oneAnAddress(instances)) {
      const key = nodeKey(instance)
      const known = this.#nodes.find((node) => node.key === key)
      next.set(key, known && isSameRun(known, instance) ? describedBy(known, instance) : this.#list(instance))
      this.#doubted.delete(key)
    }
    const missing = this.#nodes.filter((node) => !next.has(node.key))
    // The nodes of DIALOG_HOSTS were only a guess, so the first that the registry knows replace them all.
    const wereGuessed = this.#areGuessed && instances.length > 0
    if (wereGuessed) {
      this.#areGuessed = false
      this.#doubted.clear()
    }
    const manyAtOnce = !wereGuessed && missing.length > this.#nodes.length / 2
    for (const node of missing) {
      if (!manyAtOnce && !this.#doubted.has(node.key)) continue
      next.set(node.key, node)
      if (this.#doubted.has(node.key)) continue
      this.#doubted.add(node.key)
      this.#logger.warn(
        { node: node.id, address: node.key },
        'most nodes vanished from the registry at once: probing',
      )
    }
    this.#replace([...next.values()])
  }

  /** Drops a doubted node whose own probes say that it is gone. */
  drop(node: ListedNode): void {
    // Its probe may end after a new run has taken the address: that one stays, in doubt as it is.
    if (!this.#nodes.some((listed) => listed.health === node.health)) return
    this.#doubted.delete(node.key)
    this.#replace(this.#nodes.filter((listed) => listed.health !== node.health))
  }

  /**
   * Of several at one address the run that is listed stays, so that its state is not reset at each answer; of new ones
   * the one whose id comes first. The order of the answer means nothing.
   */
  #oneAnAddress(instances: readonly ServiceInstance[]): Iterable<ServiceInstance> {
    const chosen = new Map<NodeKey, ServiceInstance>()
    for (const instance of instances) {
      const key = nodeKey(instance)
      const rival = chosen.get(key)
      if (!rival || this.#isBefore(instance, rival, key)) chosen.set(key, instance)
    }
    return chosen.values()
  }

  #isBefore(a: ServiceInstance, b: ServiceInstance, key: NodeKey): boolean {
    const listed = this.#nodes.find((node) => node.key === key)
    const stays = (it: ServiceInstance) => it.id === listed?.id && it.instance === listed.instance
    if (stays(a) !== stays(b)) return stays(a)
    return a.id < b.id || (a.id === b.id && a.instance < b.instance)
  }

  #list(instance: ServiceInstance): ListedNode {
    const key = nodeKey(instance)
    const health = new NodeHealth(this.#now(), (state) => {
      const why = 'why' in state ? { why: state.why } : {}
      // Looked up: a node known by its address only gets its id from the registry later.
      const { id } = this.#nodes.find((node) => node.key === key) ?? instance
      const level = state.kind === 'healthy' ? 'info' : 'warn'
      this.#logger[level]({ node: id, address: key, state: state.kind, ...why }, 'node changed state')
    })
    return { ...instance, key, health, counts: { requests: 0, failures: 0, retries: 0 } }
  }

  #replace(nodes: readonly ListedNode[]): void {
    const before = this.#nodes
    this.#nodes = [...nodes].sort((a, b) => (a.key < b.key ? -1 : 1))
    for (const node of before) {
      if (this.#nodes.some((kept) => kept.health === node.health)) continue
      this.#logger.info({ node: node.id, address: node.key }, 'node left the list')
      this.#onRemoved(node)
    }
    for (const node of this.#nodes) {
      if (before.some((known) => known.health === node.health)) continue
      this.#logger.info({ node: node.id, address: node.key, instance: node.instance }, 'node joined the list')
    }
  }
}

/** A node known by address only (from DIALOG_HOSTS) is taken for the run that the registry then tells of. */
function isSameRun(known: ListedNode, instance: ServiceInstance): boolean {
  return known.instance === instance.instance || known.instance === ''
}

function describedBy(known: ListedNode, instance: ServiceInstance): ListedNode {
  if (known.id === instance.id && known.instance === instance.instance) return known
  return { ...known, ...instance }
}
