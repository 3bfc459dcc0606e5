import { printableLine } from '../output/printable.ts'
import { UsageError } from './usage-error.ts'

export interface Address {
  readonly bucket: string
  /** As written, byte for byte; may be empty. */
  readonly key: string
}

/**
 * `oss://bucket/key`. Everything behind the first slash is the key: `a//b`, `../x`, `x y+z%2F` and
 * `?` mean themselves, so no URL parser may touch it.
 * @param form what the command takes, for the message
 */
export function parseAddress(given: string, form = 'oss://bucket/key'): Address {
  const match = /^oss:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(given)
  if (match?.[1] === undefined) {
    throw new UsageError(`'${given}' is not an OSS address`, `Write ${form}.`)
  }
  return { bucket: match[1], key: match[2] ?? '' }
}

/** An address that must name an object. */
export function parseObjectAddress(given: string): Address {
  const address = parseAddress(given)
  if (address.key === '') {
    throw new UsageError(`'${given}' names no object`, 'Write oss://bucket/key.')
  }
  return address
}

/** For everything except JSON: a key must not draw on a terminal or look like two lines. */
export function formatAddress({ bucket, key }: Address): string {
  return printableLine(`oss://${bucket}/${key}`)
}
