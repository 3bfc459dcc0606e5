/** Keys of OSS have 1 to 1,023 bytes; oss-facts, section 1.3. */
const keySizeMax = 1023

/**
 * A key that nobody has, which the policies that hold for `key` hold for: below it, or beside it where the
 * key is too long for that.
 */
export function probeKey(key: string, random: string): string {
  const name = `.ossup-doctor-${random}`
  const below = key + name
  if (Buffer.byteLength(below) <= keySizeMax) return below
  return key.slice(0, key.lastIndexOf('/') + 1) + name
}

/** Is it a key that `probeKey` made of `key`, with a random name of `World.randomName`? */
export function isProbeKey(found: string, key: string): boolean {
  const random = /\.ossup-doctor-([0-9a-f]{12})$/.exec(found)?.[1]
  return random !== undefined && found === probeKey(key, random)
}
