import type { UploadEvent } from '../../runtimes/node/index.ts'
import { formatBytes, formatDuration, percentOf } from '../output/figures.ts'
import { counted } from './progress-line.ts'

/**
 * The line that a person sees about an event; `undefined` if the progress line already shows it. `totalBytes`
 * is the size, if known.
 */
export function eventNote(event: UploadEvent, totalBytes: number | undefined): string | undefined {
  switch (event.type) {
    case 'resumed': {
      const at = totalBytes === undefined ? '' : ` at ${percentOf(event.bytes, totalBytes)} %`
      return `Resumed${at}: ${formatBytes(event.bytes)} not sent again.`
    }
    case 'offline':
      return offlineNote(event)
    case 'online':
      return `Connected again after ${formatDuration(event.afterMs)}.`
    case 'round':
      return `${event.reason}: ${counted(event.partsKept, 'part')} kept, ${event.partsDropped} to send again.`
    default:
      return undefined
  }
}

/** Says that there is no connection, how long ossup waits for it, and what may be wrong. */
export function offlineNote({ reason, timeoutMs }: Extract<UploadEvent, { type: 'offline' }>) {
  const howLong = formatDuration(timeoutMs)
  return `No connection, waiting up to ${howLong} for it; confirmed parts are safe. Reason: ${reason}`
}

/** The event in one technical line, for `--log-level debug`. */
export function eventTrace({ type, ...fields }: UploadEvent): string {
  const words = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return ['debug:', type, ...words].join(' ')
}
