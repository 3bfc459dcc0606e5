import { expect, test } from 'vitest'
import { flagsOfOptions, withFlags } from '../../../../src/cli/args/option-flags.ts'
import { download } from '../../../../src/cli/commands/download.ts'
import { sign } from '../../../../src/cli/commands/sign.ts'
import { upload } from '../../../../src/cli/commands/upload.ts'
import { UploadBusyError } from '../../../../src/journal/ownership.ts'
import { completeOptions, type UploadOptions } from '../../../../src/options/upload-options.ts'
import { resolveAddress } from '../../../../src/oss/endpoint.ts'
import { journalFull, journalGone } from '../../../../src/runtimes/node/journal/journal-fault.ts'

test.each(Object.values(flagsOfOptions))('%s is a flag', written => {
  expect(Object.keys({ ...upload.flags, ...sign.flags, ...download.flags })).toContain(
    written.replace(/^--| or .*/g, ''),
  )
})

function errorOf(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

const defaults = { checkpoint: false, contentType: '' } as const

test.each<[UploadOptions, string]>([
  [{ partSize: 10 }, '(--part-size)'],
  [{ multipartThreshold: -1 }, '(--multipart-threshold)'],
  [{ metadata: { 'bad name': '' } }, '(--metadata)'],
  [{ bandwidth: 1 }, '(--bandwidth)'],
])('%j is refused with its flag', (options, flag) => {
  expect(withFlags(errorOf(() => completeOptions(options, defaults)))).toMatch(
    new RegExp(`${flag.replace(/[()]/g, '\\$&')}$`),
  )
})

test.each([
  [{}, '(--region or OSS_REGION)'],
  [{ endpoint: 'a b' }, '(--endpoint or OSS_ENDPOINT)'],
  [{ region: 'cn-hangzhou', internal: true, accelerate: true }, '(--internal, --accelerate)'],
])('%j leads nowhere', (options, flags) => {
  const message = withFlags(errorOf(() => resolveAddress({ name: 'bucket', ...options })))
  expect(message.endsWith(flags)).toBe(true)
})

test.each([
  [journalFull('/full'), /Choose another folder with --checkpoint-dir$/],
  [
    journalGone('/gone', new Error('x')),
    /another folder with --checkpoint-dir, and --adopt to continue$/,
  ],
  [new UploadBusyError({}), /wait for it with --wait$/],
])('%s: what to do is said with flags, and by the library with options', (error, pattern) => {
  const { message } = error as Error
  expect(withFlags(error as Error)).toMatch(pattern)
  expect(message).toMatch(/`\w+`/)
  expect(message).not.toContain('--')
})

test('other errors stay as they are', () => {
  expect(withFlags(new Error('broken'))).toBe('broken')
})
