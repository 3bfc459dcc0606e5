import { UsageError } from './usage-error.ts'

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/**
 * Parses `7d`, `12h`, `30m` into milliseconds. A number without a unit is refused. `name` is the flag, for
 * the message.
 */
export function parseDuration(given: string, name: string): number {
  const match = /^(\d+) ?([smhdw])$/.exec(given)
  const ms = Number(match?.[1]) * (units[match?.[2] ?? ''] ?? Number.NaN)
  if (!Number.isSafeInteger(ms)) {
    throw new UsageError(
      `${name} is '${given}'`,
      'Write a whole number and a unit, s, m, h, d or w: 7d, 12h, 30m.',
    )
  }
  return ms
}
