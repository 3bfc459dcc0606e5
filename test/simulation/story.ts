// Passes the events of the checkers to the trace and the tally.

import { isOssupError } from '../../src/errors.ts'
import type { Checker } from './watch.ts'
import type { World } from './world.ts'

export function narrate(world: World): Checker {
  const { trace } = world
  const nameOf = (by: number) => `process ${by}`
  return {
    onSend({ by, operation, partNumber, uploadId, bodySize, fault }) {
      const part = partNumber === undefined ? '' : ` ${partNumber}`
      const id = uploadId === undefined ? '' : ` of ${uploadId.slice(0, 6)}`
      const struck = fault === undefined ? '' : `   ! ${fault}`
      trace.note(nameOf(by), `-> ${operation}${part}${id}, ${bodySize} bytes${struck}`)
    },
    onSettled({ by, operation, partNumber, status, code, error, sentBytes }) {
      const part = partNumber === undefined ? '' : ` ${partNumber}`
      const what = status === undefined ? codeOf(error) : `${status} ${code ?? ''}`
      trace.note(nameOf(by), `<- ${operation}${part}: ${what} (${sentBytes} bytes sent)`)
    },
    onStored(event) {
      switch (event.kind) {
        case 'initiated':
          trace.note('OSS', `has begun ${event.upload.id.slice(0, 6)}`)
          break
        case 'part':
          trace.note('OSS', `has part ${event.part.number} of ${event.id.slice(0, 6)}`)
          break
        case 'aborted':
          trace.note(
            'OSS',
            `has aborted ${event.id.slice(0, 6)}${event.isKept ? ', not yet dead' : ''}`,
          )
          break
        case 'stored':
          trace.note('OSS', `has stored ${event.object.size} bytes, ETag ${event.object.etag}`)
      }
    },
    onOpened(process) {
      trace.note(process.name, `opened a journal of ${process.found.length} records`)
    },
    onRecords(process, records) {
      for (const record of records) {
        // The source's id is another in each play of a seed.
        const { source: _, ...shown } = { source: '', ...record }
        trace.note(process.name, `journal ${JSON.stringify(record.t === 'begin' ? shown : record)}`)
      }
    },
    onSync(process) {
      trace.note(process.name, 'journal synced')
    },
    onRemove(process) {
      trace.note(process.name, 'journal removed')
    },
    onEvent(process, event) {
      if (event.type === 'warning') trace.note(process.name, `warning ${event.message}`)
      if (event.type === 'round') trace.note(process.name, `round: ${event.reason}`)
    },
    onEnding(process, ending) {
      const how =
        ending.kind === 'stored'
          ? `stored ${ending.result.size} bytes, ETag ${ending.result.etag}`
          : ending.kind === 'failed'
            ? `failed: ${codeOf(ending.error)}: ${ending.error instanceof Error ? ending.error.message : ''}`
            : 'crashed'
      trace.note(process.name, how)
      const code = ending.kind === 'failed' ? ` ${codeOf(ending.error)}` : ''
      world.count(`ending ${ending.kind}${code}`)
    },
  }
}

export function codeOf(error: unknown): string {
  if (isOssupError(error)) return error.code
  return error instanceof Error ? `${error.name} ${error.message}` : String(error)
}
