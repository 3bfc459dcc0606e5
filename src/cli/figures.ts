// Figures as people read them. All round down where rounding up would promise too much.

const steps = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `512 bytes`, `100 KiB`, `213.4 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${Math.floor(bytes)} bytes`
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

/** `213.4 of 300 MiB`: one unit where both share it. */
export function formatShare(bytes: number, total: number): string {
  const [part, whole] = [formatBytes(bytes), formatBytes(total)]
  const [number, unit] = part.split(' ')
  return unit === whole.split(' ')[1] ? `${number} of ${whole}` : `${part} of ${whole}`
}

/** `80 ms`, `8 s`, `3 min 20 s`, `2 h 5 min`, `3 days 4 h`. */
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

function two(first: number, unit: string, second: number, smaller: string): string {
  return second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${smaller}`
}

/** 0 to 100; 100 only when it is whole. */
export function percentOf(bytes: number, total: number): number {
  return total === 0 ? 100 : Math.floor((bytes / total) * 100)
}

/** Epoch milliseconds as `2026-11-23 16:30:05Z`: the same everywhere, and it sorts. */
export function formatMoment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`
}
