import { printableLine } from '../output/printable.ts'
import { UsageError } from './usage-error.ts'

export interface Address {
  readonly bucket: string
  /** The key as written, byte for byte. May be empty. */
  readonly key: string
}

/**
 * Parses `oss://bucket/key`. Everything after the slash behind the bucket is the key. `a//b`, `../x`, `x
 * y+z%2F` and `?` are taken literally, so no URL parser may be used.
 * @param form what the command accepts, for the message
 */
export function parseAddress(given: string, form = 'oss://bucket/key'): Address {
  const match = /^oss:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(given)
  if (match?.[1] === undefined) {
    throw new UsageError(`'${given}' is not an OSS address`, `Write ${form}.`)
  }
  return { bucket: match[1], key: match[2] ?? '' }
}

/** Parses an address that must name an object. */
export function parseObjectAddress(given: string): Address {
  const address = parseAddress(given)
  if (address.key === '') {
    throw new UsageError(`'${given}' names no object`, 'Write oss://bucket/key.')
  }
  return address
}

/** Formats an address for everything except JSON. A key must not control the terminal or look like two lines. */
export function formatAddress({ bucket, key }: Address): string {
  return printableLine(`oss://${bucket}/${key}`)
}
