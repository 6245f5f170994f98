/**
 * What a name is compared by: equal for names that differ only in case or in how Unicode writes the same letters, and
 * the key of a beginning is a beginning of the key. Bytes, so that each database orders keys in the same way.
 *
 * Decomposed (NFKD) rather than composed, and upper case rather than lower: those two do not depend on what follows.
 */
export function nameKey(name: string): Buffer {
  return Buffer.from(foldName(name))
}

/** {@link nameKey} as text. */
export function foldName(name: string): string {
  return name.normalize('NFKD').toUpperCase().normalize('NFKD')
}

/** The least key above all keys that begin with this one: no UTF-8 text holds the byte FF. */
export function afterPrefix(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0xff)])
}
