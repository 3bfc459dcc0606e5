import { expect, test } from 'vitest'
import { reportFailure } from '../../../src/cli/failure.ts'
import { Screen } from '../../../src/cli/screen.ts'
import { JournalError, NetworkError, OssError, SourceError } from '../../../src/errors.ts'

function said(error: unknown): string {
  let text = ''
  const output = {
    write: (data: string | Uint8Array) => {
      text += data
      return true
    },
  }
  reportFailure(
    error,
    new Screen({ json: false, level: 'info', stdout: output, stderr: output, env: {} }),
  )
  return text
}

const resumable = true

test.each([
  [new NetworkError('STALLED', 'slow', { sent: 'maybe', resumable }), /same command again/],
  [new OssError('AccessDenied', 'no', { status: 403, resumable }), /`ossup clean` removes them/],
  [new OssError('AccessDenied', 'no', { status: 403 }), /^ossup: no\n$/],
  [new JournalError('UPLOAD_BUSY', 'busy', { resumable }), /^ossup: busy\n$/],
  [new SourceError('SOURCE_NOT_KEPT', 'a pipe', { resumable }), /^ossup: a pipe\n$/],
])('%s', (error, pattern) => {
  expect(said(error)).toMatch(pattern)
})
