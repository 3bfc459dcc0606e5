import { expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import type { BucketOptions } from '../../../src/bucket/bucket-options.ts'
import { NetworkError } from '../../../src/errors.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import type { Credentials, Logger } from '../../../src/ports.ts'
import { uploadFrom } from '../../../src/upload/resumable-upload.ts'
import { EditableSource } from '../support/editable-source.ts'
import { LocalOss, refusal } from '../support/local-oss.ts'
import { seeded } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const partSize = 102_400

function bench(logger?: Logger, credentials: Partial<Credentials> = {}) {
  const clock = new VirtualClock('jump')
  const oss = new LocalOss(clock)
  const lines: string[] = []
  const note = (level: string) => (message: string) => lines.push(`${level} ${message}`)
  const bucket = new Bucket(
    {
      name: oss.bucket,
      region: 'cn-hangzhou',
      credentials: { accessKeyId: 'id', accessKeySecret: 'secret', ...credentials },
      logger: logger ?? {
        debug: note('debug'),
        info: note('info'),
        warn: note('warn'),
        error: note('error'),
      },
    },
    { clock, random: seeded(1), transport: oss },
  )
  const store = new MemoryJournalStore()
  const source = new EditableSource(clock, 3 * partSize)
  const upload = (key: string, signal?: AbortSignal) =>
    uploadFrom(
      bucket,
      key,
      async () => source,
      { partSize, multipartThreshold: partSize, concurrency: 1, ...(signal && { signal }) },
      store,
    )
  const without = (level: string) => lines.filter(line => !line.startsWith(level))
  return { oss, bucket, lines, upload, without }
}

test('an upload is logged from start to end, each event at its level', async () => {
  const { oss, lines, upload, without } = bench()
  let lost = 0
  oss.intercept = async (seen, pass) => {
    if (seen.operation !== 'UploadPart' || ++lost !== 2) return pass()
    throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
  }
  await upload('dir/key')
  const name = 'oss://examplebucket/dir/key'
  expect(without('debug')).toEqual([
    expect.stringMatching(`^info ${name}: begun in parts, upload id \\w+$`),
    expect.stringMatching(
      `^warn ${name}: attempt 1 failed, next in \\d+ ms: UploadPart part 2 of dir/key: reset$`,
    ),
    expect.stringMatching(
      `^info ${name}: stored 307200 bytes in 3 parts; \\d+ bytes sent, 1 retries$`,
    ),
  ])
  const debug = lines.filter(line => line.startsWith('debug'))
  expect(debug).toContainEqual(
    expect.stringMatching(
      `^debug UploadPart part 2 ${name}: 200, \\d+ ms, attempt 2, request \\w+$`,
    ),
  )
  expect(debug).toContainEqual(
    expect.stringMatching(`^debug UploadPart part 2 ${name}: CONNECTION_LOST: .*reset, \\d+ ms$`),
  )
  expect(debug).toContainEqual(`debug ${name}: part 3 of 102400 bytes confirmed`)
})

test('a refusal is an error, a pause is not', async () => {
  const { oss, upload, without } = bench()
  oss.intercept = refusal(403, 'AccessDenied')
  await expect(upload('key')).rejects.toMatchObject({ code: 'AccessDenied' })
  expect(without('debug').at(-1)).toMatch(
    /^error oss:\/\/examplebucket\/key: failed: AccessDenied: /,
  )
  oss.intercept = (_seen, pass) => pass()
  const pause = new AbortController()
  oss.intercept = (seen, pass) => {
    if (seen.operation === 'UploadPart') pause.abort('pause')
    return pass()
  }
  await expect(upload('other', pause.signal)).rejects.toBe('pause')
  expect(without('debug').at(-1)).toBe(
    'info oss://examplebucket/other: stopped; its checkpoint is kept',
  )
})

test('no level tells a secret, a token, a signature or the access key', async () => {
  const secrets = {
    accessKeyId: 'AccessKeyIdOfSomebody',
    accessKeySecret: 'SecretOfSomebody',
    securityToken: 'TokenOfSomebody',
  }
  const { oss, bucket, lines, upload } = bench(undefined, secrets)
  oss.keys.add(secrets)
  await upload('key')
  await bucket.headObject({ key: 'key' })
  await bucket.presign({ method: 'GET', key: 'key' })
  oss.intercept = refusal(403, 'SignatureDoesNotMatch', {
    StringToSign: 'OSS4-HMAC-SHA256 TokenOfSomebody',
    OSSAccessKeyId: 'AccessKeyIdOfSomebody',
    SignatureProvided: 'Signature=abc',
  })
  await expect(bucket.headObject({ key: 'key' })).rejects.toMatchObject({ status: 403 })
  await expect(bucket.deleteObject({ key: 'key' })).rejects.toMatchObject({ status: 403 })
  expect(lines.length).toBeGreaterThan(8)
  expect(lines.join('\n')).not.toMatch(/OfSomebody|Signature=|https?:/)
})

test('of foreign errors only the name is logged', async () => {
  const { oss, bucket, lines } = bench()
  oss.intercept = () => Promise.reject(new TypeError('quotes a secret'))
  await expect(bucket.headObject({ key: 'key' })).rejects.toThrow('quotes')
  expect(lines).toEqual([expect.stringMatching(/: TypeError, \d+ ms$/)])
})

test('a key cannot forge a line', async () => {
  const { bucket, lines } = bench()
  await bucket.deleteObject({ key: 'a\nerror forged\u2028\x1b[2J' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('oss://examplebucket/a\\u000aerror forged\\u2028\\u001b[2J')
})

test('a logger that throws changes nothing', async () => {
  const fail = () => {
    throw new Error('disk full')
  }
  const { upload } = bench({ debug: fail, info: fail, warn: fail, error: fail })
  expect(await upload('key')).toMatchObject({ parts: 3 })
})

test('a logger without a level is refused', () => {
  const { log } = console
  const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
  const options: BucketOptions = { name: 'bucket', region: 'cn-hangzhou', credentials }
  Object.assign(options, { logger: { debug: log, info: log, warn: log } })
  const clock = new VirtualClock()
  const ports = { clock, random: seeded(1), transport: new LocalOss(clock) }
  expect(() => new Bucket(options, ports)).toThrow(
    expect.objectContaining({
      code: 'INVALID_LOGGER',
      message: expect.stringContaining("'error'"),
    }),
  )
})
