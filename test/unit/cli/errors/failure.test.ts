import { expect, test } from 'vitest'
import { keepSource } from '../../../../src/cli/args/credentials-source.ts'
import { reportFailure } from '../../../../src/cli/errors/failure.ts'
import { Screen } from '../../../../src/cli/output/screen.ts'
import { JournalError, NetworkError, OssError, SourceError } from '../../../../src/errors.ts'
import { UploadBusyError } from '../../../../src/journal/ownership.ts'

function said(error: unknown, source?: string): string {
  let text = ''
  const output = {
    write: (data: string | Uint8Array) => {
      text += data
      return true
    },
  }
  const screen = new Screen({ json: false, level: 'info', stdout: output, stderr: output, env: {} })
  if (source !== undefined) {
    keepSource(screen, [{ source: 'ossutil', name: source, outcome: 'used', why: 'access keys' }])
  }
  reportFailure(error, screen)
  return text
}

const resumable = true

test.each([
  [new NetworkError('STALLED', 'slow', { sent: 'maybe', resumable }), /same command again/],
  [new OssError('AccessDenied', 'no', { status: 403, resumable }), /`ossup clean` removes them/],
  [new OssError('AccessDenied', 'no', { status: 403 }), /^ossup: no\n$/],
  [new JournalError('UPLOAD_BUSY', 'busy', { resumable }), /^ossup: busy\n$/],
  [new UploadBusyError({}), /or wait for it with --wait$/m],
  [new SourceError('SOURCE_MISSING', 'two\nlines'), /^ossup: two\\x0alines\n$/],
  [
    new OssError('NoSuchBucket', 'no', { status: 404, operation: 'PutObject', bucket: 'photos' }),
    /\nIf it is yet to be made: ossup mb oss:\/\/photos\n$/,
  ],
  [new SourceError('SOURCE_NOT_KEPT', 'a pipe', { resumable }), /^ossup: a pipe\n$/],
])('%s', (error, pattern) => {
  expect(said(error)).toMatch(pattern)
})

test('what OSS says of credentials is said with their source', () => {
  const error = new OssError('InvalidAccessKeyId', 'no', { status: 403 })
  const profile = '~/.ossutilconfig, profile bad'
  expect(said(error, profile)).toBe(`ossup: no\nThe credentials came from ${profile}.\n`)
  expect(said(error)).toBe('ossup: no\n')
  expect(said(new OssError('NoSuchKey', 'no', { status: 404 }), profile)).toBe('ossup: no\n')
})
