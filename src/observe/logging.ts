// Chooses what to log, and the level (docs/guide/observing.md). Lines consist of fields of reports and
// events and of messages of errors. None of them contains a URL, a header or a secret.

import { isOssupError } from '../errors.ts'
import { isError } from '../foreign/error.ts'
import { quietly } from '../foreign/quietly.ts'
import type { UploadResult } from '../options/upload-options.ts'
import type { Logger, RequestReport, UploadReport, Watch } from '../ports.ts'
import type { UploadEvent } from '../progress/upload-event.ts'

/** Logs every request and its result at level debug. The consequences of a failure are logged separately. */
export function logRequests(logger: Logger): Watch<RequestReport> {
  return {
    isWanted: () => true,
    async around(report, work) {
      try {
        const result = await work()
        write(logger, 'debug', describeRequest(report, `${report.status}`))
        return result
      } catch (error) {
        write(logger, 'debug', describeRequest(report, reasonOf(error)))
        throw error
      }
    },
  }
}

/** Logs the end of an upload: done, stopped by its signal, or failed. */
export async function logUpload(
  logger: Logger,
  report: UploadReport,
  signal: AbortSignal | undefined,
  work: () => Promise<UploadResult>,
): Promise<UploadResult> {
  const name = nameOf(report)
  try {
    const result = await work()
    const { size, parts, sentBytes, resumed, retries } = result
    const kept = resumed.bytes === 0 ? '' : `, ${resumed.bytes} bytes confirmed earlier`
    write(
      logger,
      'info',
      `${name}: stored ${size} bytes in ${parts === 0 ? 'one request' : `${parts} parts`}; ${sentBytes} bytes sent${kept}, ${retries} retries`,
    )
    return result
  } catch (error) {
    if (signal?.aborted) write(logger, 'info', `${name}: stopped; its checkpoint is kept`)
    else write(logger, 'error', `${name}: failed: ${reasonOf(error)}`)
    throw error
  }
}

/** Logs an event of a running upload. */
export function logEvent(logger: Logger, report: UploadReport, event: UploadEvent): void {
  const line = describeEvent(event)
  if (line !== undefined) write(logger, line[0], `${nameOf(report)}: ${line[1]}`)
}

type Level = keyof Logger

function describeEvent(event: UploadEvent): [level: Level, what: string] | undefined {
  switch (event.type) {
    case 'started':
      return ['info', `begun in parts, upload id ${event.uploadId}`]
    case 'resumed':
      return [
        'info',
        `continued, upload id ${event.uploadId}; ${event.bytes} bytes in ${event.parts} parts are not sent again`,
      ]
    case 'part':
      return ['debug', `part ${event.partNumber} of ${event.size} bytes confirmed`]
    case 'retry':
      return [
        'warn',
        `attempt ${event.attempt} failed, next in ${Math.round(event.delayMs)} ms: ${event.reason}`,
      ]
    case 'offline':
      return ['warn', `offline: ${event.reason}`]
    case 'online':
      return ['info', `online again after ${Math.round(event.afterMs)} ms`]
    case 'round':
      return [
        'warn',
        `another round, ${event.partsKept} parts kept and ${event.partsDropped} dropped: ${event.reason}`,
      ]
    case 'completing':
      return ['debug', 'all parts are confirmed; completing']
    case 'warning':
      return ['warn', `${event.code}: ${event.message}`]
    default:
      return undefined
  }
}

function describeRequest(report: RequestReport, outcome: string): string {
  const { operation, bucket, key, partNumber, attempt, durationMs = 0, requestId } = report
  const part = partNumber === undefined ? '' : ` part ${partNumber}`
  const place = bucket === undefined ? '' : ` ${nameOf({ bucket, key })}`
  const again = attempt === 1 ? '' : `, attempt ${attempt}`
  const id = requestId === undefined ? '' : `, request ${requestId}`
  return `${operation}${part}${place}: ${outcome}, ${Math.round(durationMs)} ms${again}${id}`
}

function nameOf({ bucket, key }: { bucket: string; key?: string | undefined }): string {
  return key === undefined ? bucket : `oss://${bucket}/${key}`
}

/** The reason for the log. Messages of foreign errors may quote secrets, so only their name is logged. */
function reasonOf(error: unknown): string {
  if (isOssupError(error)) return `${error.code}: ${error.message}`
  return isError(error) ? error.name : 'an error'
}

/** Writes one line, even if a key contains line breaks. Errors of the logger are ignored; the upload continues. */
function write(logger: Logger, level: Level, message: string): void {
  const line = message.replace(
    // Control characters could forge log lines or control a terminal.
    /[\0-\x1f\x7f-\x9f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  quietly(() => logger[level](line))
}
