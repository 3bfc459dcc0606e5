// Formats numbers for people. All functions round down where rounding up would promise too much.

const steps = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Formats bytes in the largest unit that fits: `512 bytes`, `100 KiB`, `213.4 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${formatCount(Math.floor(bytes))} bytes`
  let value = bytes
  let unit = ''
  for (const step of steps) {
    if (value < 1024) break
    value /= 1024
    unit = step
  }
  const shown = Math.floor(value * 10) / 10
  return `${Number.isInteger(shown) ? shown : shown.toFixed(1)} ${unit}`
}

/** Formats bytes exactly, so that two sizes can be compared: `512 bytes`, `314,572,800 bytes (300 MiB)`. */
export function formatExactly(bytes: number): string {
  return bytes < 1024 ? formatBytes(bytes) : `${formatCount(bytes)} bytes (${formatBytes(bytes)})`
}

/** Formats a share of a total: `213.4 of 300 MiB`. The unit appears once if both have the same. */
export function formatShare(bytes: number, total: number): string {
  const [part, whole] = [formatBytes(bytes), formatBytes(total)]
  const [number, unit] = part.split(' ')
  return unit === whole.split(' ')[1] ? `${number} of ${whole}` : `${part} of ${whole}`
}

/** Formats a duration in whole units: `80 ms`, `8 s`, `3 min 20 s`, `2 h 5 min`, `3 days 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return two(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return two(hours, 'h', minutes % 60, 'min')
  return two(Math.floor(hours / 24), 'days', hours % 24, 'h')
}

/** Formats how long something took, with a decimal (`1.4 s`), so that it agrees with the speed beside it. */
export function formatElapsed(ms: number): string {
  if (ms < 1000 || ms >= 9950) return formatDuration(ms)
  return `${(ms / 1000).toFixed(1).replace('.0', '')} s`
}

function two(first: number, unit: string, second: number, smaller: string): string {
  return second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${smaller}`
}

/** The percentage of a total, 0 to 100. It is 100 only when all bytes are counted. */
export function percentOf(bytes: number, total: number): number {
  return total === 0 ? 100 : Math.floor((bytes / total) * 100)
}

/**
 * Formats epoch milliseconds as `2026-11-23 16:30:05Z`, which is the same in every time zone and sorts by
 * time.
 */
export function formatMoment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** Formats a share with a constant width (`213.4 of 300.0 MiB`), for numbers that are drawn again in place. */
export function formatShareSteady(bytes: number, total: number | undefined): string {
  if (total === undefined) return formatBytes(bytes)
  const exponent = total < 1024 ? 0 : Math.min(5, Math.floor(Math.log2(total) / 10))
  const unit = exponent === 0 ? 'bytes' : steps[exponent - 1]
  const digits = exponent === 0 ? 0 : exponent < 3 ? 1 : 2
  const show = (value: number) => {
    const scaled = Math.floor((value / 1024 ** exponent) * 10 ** digits) / 10 ** digits
    return scaled.toFixed(digits)
  }
  const whole = show(total)
  return `${show(bytes).padStart(whole.length)} of ${whole} ${unit}`
}

/** Formats a speed with a constant width (` 45.2 MiB/s`). Blank if the speed is not known. */
export function formatSpeed(bytesPerSecond: number | undefined): string {
  const width = 10
  if (bytesPerSecond === undefined) return ' '.repeat(width)
  let value = bytesPerSecond / 1024
  let unit: string = 'KiB'
  for (const step of steps.slice(1)) {
    if (value < 1000) break
    value /= 1024
    unit = step
  }
  return `${value.toFixed(1)} ${unit}/s`.padStart(width)
}

/** Rounds all numbers of a JSON line: rates and times are estimates, and some readers expect integers. */
export function wholeNumbers(figures: object): object {
  const entries = Object.entries(figures).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value) : value,
  ])
  return Object.fromEntries(entries)
}

/** Formats a number with thousands separators: `20,000`. Only columns of a listing print numbers without them. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
