import type { NodeKey } from './dialogue-node.ts'

/**
 * Takes the nodes of a list in turn. It remembers the node taken last, not a position, so that the turn goes on
 * evenly when the list changes; between changes the counts of N eligible nodes differ by one at most.
 */
export class RoundRobin {
  #last: NodeKey | undefined
  readonly #random: () => number

  /** @param random 0 <= r < 1; the first turn starts anywhere, so that many backends do not all start alike */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /**
   * The first eligible node after the one taken last.
   * @param nodes sorted by key
   * @returns undefined when none is eligible
   */
  take<T extends { key: NodeKey }>(nodes: readonly T[], isEligible: (node: T) => boolean): T | undefined {
    const start =
      this.#last === undefined ? Math.floor(this.#random() * nodes.length) : after(nodes, this.#last)
    for (let step = 0; step < nodes.length; step++) {
      const node = nodes[(start + step) % nodes.length]
      if (node && isEligible(node)) {
        this.#last = node.key
        return node
      }
    }
    return undefined
  }
}

/** Index of the first node whose key is greater than `key`. */
function after(nodes: readonly { key: NodeKey }[], key: NodeKey): number {
  let low = 0
  let high = nodes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((nodes[middle]?.key ?? '') > key) high = middle
    else low = middle + 1
  }
  return low
}
