/** OSS allows keys of 1 to 1,023 bytes. See oss-facts, section 1.3. */
const keySizeMax = 1023

/**
 * Makes an unused key to which the same policies should apply as to `key`. It is `key` with a suffix. If that is too
 * long, it is a name in the same folder.
 */
export function probeKey(key: string, random: string): string {
  const name = `.ossup-doctor-${random}`
  const below = key + name
  if (Buffer.byteLength(below) <= keySizeMax) return below
  return key.slice(0, key.lastIndexOf('/') + 1) + name
}

/** True if `probeKey` made the key from `key` and a name from `World.randomName`. */
export function isProbeKey(found: string, key: string): boolean {
  const random = /\.ossup-doctor-([0-9a-f]{12})$/.exec(found)?.[1]
  return random !== undefined && found === probeKey(key, random)
}
