import { formatDuration } from '../output/figures.ts'

/**
 * Says how long there has been no connection, and how long ossup still waits. All times are epoch
 * milliseconds.
 */
export function offlineText(since: number, until: number | undefined, now: number): string {
  const forMs = Math.max(0, Math.floor((now - since) / 1000) * 1000)
  const text = forMs < 1000 ? 'no connection' : `no connection for ${formatDuration(forMs)}`
  if (until === undefined) return text
  const leftMs = Math.max(0, until - now)
  // Rounded, since the elapsed time beside it already counts the seconds.
  const step = leftMs < 60_000 ? 10_000 : 60_000
  return `${text}, waiting ${formatDuration(Math.ceil(leftMs / step) * step)} more`
}
