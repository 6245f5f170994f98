import type { SeededRandom } from '@roundtable/tools/seed/seeded-random'

/**
 * Deals items without end, as cards from a deck that is shuffled anew whenever it has been dealt out:
 * at random, yet each as often as any other.
 */
export function* deal<T>(items: readonly T[], random: SeededRandom): Generator<T, never> {
  if (items.length === 0) throw new Error('there is nothing to deal')
  for (;;) {
    const deck = [...items]
    while (deck.length > 0) yield* deck.splice(random.int(deck.length), 1)
  }
}
