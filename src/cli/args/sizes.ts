import { UsageError } from './usage-error.ts'

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
}

/**
 * Parses `10485760`, `10MiB`, `1.5 GiB`, `8M` into bytes. K, M, G and T alone mean powers of 1024; KB to TB
 * mean powers of 1000. `name` is the flag, for the message.
 */
export function parseSize(given: string, name: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(given)
  const unit = units[(match?.[2] ?? '').toLowerCase()]
  const bytes = Number(match?.[1]) * (unit ?? Number.NaN)
  if (!Number.isSafeInteger(bytes)) {
    throw new UsageError(
      `${name} is '${given}'`,
      'Write whole bytes, or a number and a unit: 10485760, 100KiB, 10MiB, 1.5GiB.',
    )
  }
  return bytes
}
