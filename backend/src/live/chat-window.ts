/** Anything that has a place in a chat's log: 1 for the first entry, no number left out. */
export interface Sequenced {
  readonly seq: number
}

/** So many entries are kept at least, once that many came: clients that reconnect are served from them. */
const keptEntries = 256
/** So many entries that came too early are kept until those before them are there. */
const maxEarly = 256

/**
 * The latest entries of one chat, as they became known: without a hole and each once, in whatever order, however
 * often, and with whatever losses they arrive. It does no I/O: {@link missing} says what to read.
 */
export class ChatWindow<E extends Sequenced> {
  #first: number
  #head: number
  #entries: E[] = []
  readonly #early = new Map<number, E>()

  /** @param next the seq of the first entry it will hold */
  constructor(next: number) {
    this.#first = next
    this.#head = next - 1
  }

  /** The seq of the oldest entry held; {@link next} when there is none. */
  get first(): number {
    return this.#first
  }

  /** The seq that follows the newest entry held. */
  get next(): number {
    return this.#first + this.#entries.length
  }

  /** The greatest seq of which it is known that it is stored. */
  get head(): number {
    return this.#head
  }

  /** The seq after which entries must be read from the store; undefined when none is missing. */
  get missing(): number | undefined {
    return this.#head >= this.next ? this.next - 1 : undefined
  }

  /** The entries held, oldest first. */
  get entries(): readonly E[] {
    return this.#entries
  }

  at(seq: number): E | undefined {
    return this.#entries[seq - this.#first]
  }

  /** Takes an entry: at once, when those before it are there. One that is known already is dropped. */
  offer(entry: E): void {
    this.know(entry.seq)
    if (entry.seq < this.next) return
    if (entry.seq > this.next) {
      if (this.#early.size < maxEarly) this.#early.set(entry.seq, entry)
      return
    }
    for (let one: E | undefined = entry; one; one = this.#early.get(this.next)) {
      this.#early.delete(one.seq)
      this.#entries.push(one)
    }
    // Twice as many before any are dropped: so dropping costs next to nothing an entry.
    if (this.#entries.length >= 2 * keptEntries) this.#drop(this.#entries.length - keptEntries)
  }

  /** Puts another entry in the place of each that `change` answers another for. */
  revise(change: (entry: E) => E): void {
    this.#entries = this.#entries.map(change)
  }

  /** Entries up to this seq are stored. */
  know(head: number): void {
    if (head > this.#head) this.#head = head
  }

  /** Lets go of everything before this seq, and does not miss it: it will hold what comes from there on. */
  restart(next: number): void {
    this.#first = next
    this.#entries = []
    this.#head = Math.max(this.#head, next - 1)
    for (const seq of this.#early.keys()) if (seq < next) this.#early.delete(seq)
  }

  #drop(count: number): void {
    this.#entries = this.#entries.slice(count)
    this.#first += count
  }
}
