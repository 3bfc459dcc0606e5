// What each check makes of what it sees. Permissions and speed are tried against the local OSS in
// test/e2e/doctor.test.ts.

import { describe, expect, test } from 'vitest'
import { Bucket as CoreBucket } from '../../../../src/bucket/bucket.ts'
import type { Check, Finding } from '../../../../src/cli/doctor/check.ts'
import { answer } from '../../../../src/cli/doctor/checks/answer.ts'
import { bucket } from '../../../../src/cli/doctor/checks/bucket.ts'
import { checkpoints } from '../../../../src/cli/doctor/checks/checkpoints.ts'
import { clock } from '../../../../src/cli/doctor/checks/clock.ts'
import { credentials } from '../../../../src/cli/doctor/checks/credentials.ts'
import { dns } from '../../../../src/cli/doctor/checks/dns.ts'
import { endpoint } from '../../../../src/cli/doctor/checks/endpoint.ts'
import { program } from '../../../../src/cli/doctor/checks/program.ts'
import { proxy } from '../../../../src/cli/doctor/checks/proxy.ts'
import { tcp } from '../../../../src/cli/doctor/checks/tcp.ts'
import { tls } from '../../../../src/cli/doctor/checks/tls.ts'
import type { FolderReport, World } from '../../../../src/cli/doctor/world.ts'
import { exitCodeOf } from '../../../../src/cli/errors/exit-codes.ts'
import {
  type ConnectionReport,
  MemoryJournalStore,
  NetworkError,
  OptionError,
} from '../../../../src/runtimes/node/index.ts'
import { bucketAt, now, well } from './world.ts'

async function find(check: Check, change: Partial<World> = {}): Promise<Finding> {
  const found = [await check.run(well(change), new Map())].flat()
  expect(found).toHaveLength(1)
  return found[0]!
}

const healthy = await well().connection()
const connected = (change: Partial<ConnectionReport>): Partial<World> => ({
  connection: async () => ({ ...healthy, ...change }),
})
const fault = (code: 'CONNECT_FAILED' | 'TLS_FAILED') =>
  new NetworkError(code, 'https://oss: broken', { sent: 'nothing', hint: 'Mend it' })

test.each([program, credentials, endpoint, proxy, dns, tcp, tls, answer, clock, checkpoints])(
  '$name is ok where all is well',
  async check => {
    const finding = await find(check)
    expect(finding).toMatchObject({ state: 'ok' })
    expect(finding.hints).toBeUndefined()
  },
)

test.each([
  ['20.19.0', 'ok'],
  ['20.18.9', 'warning'],
  ['18.20.0', 'warning'],
  ['24.0.0', 'ok'],
])('Node.js %s: %s', async (node, state) => {
  const { program: all } = well()
  expect(await find(program, { program: { ...all, node } })).toMatchObject({ state })
})

describe('credentials', () => {
  test('none are a problem that says where was looked', async () => {
    const finding = await find(credentials, {
      credentials: async () => [
        { source: 'ossutil', name: '~/.ossutilconfig', outcome: 'not set', why: 'no such file' },
        {
          source: 'ecs-role',
          name: 'RAM role',
          outcome: 'failed',
          why: 'no answer',
          retryable: true,
          isGuess: true,
        },
      ],
    })
    expect(finding).toMatchObject({ state: 'problem', summary: 'none found' })
    expect(finding.hints?.join('\n')).toMatch(
      /OSS_ACCESS_KEY_ID[\s\S]*ossutilconfig: not set: no such file\n.*no answer/,
    )
    expect(exitCodeOf(finding.error)).toBe(3)
  })

  test.each([
    ['for good', {}, 3, /choose a --profile/],
    ['for now', { retryable: true } as const, 5, /run it again/],
  ])('a place that is set and fails %s is named', async (_, more, code, hints) => {
    const place = {
      source: 'credentials-uri',
      name: 'ALIBABA_CLOUD_CREDENTIALS_URI',
      outcome: 'failed',
      why: 'status 403',
      ...more,
    } as const
    const finding = await find(credentials, { credentials: async () => [place] })
    expect(finding).toMatchObject({
      state: 'problem',
      summary: 'ALIBABA_CLOUD_CREDENTIALS_URI: failed: status 403',
    })
    expect(finding.hints?.join('\n')).toMatch(hints)
    expect(exitCodeOf(finding.error)).toBe(code)
  })

  test.each([
    [now + 3_600_000, 'ok', 'for another 1 h'],
    [now - 60_000, 'warning', 'ended 1 min ago'],
  ])('that end at %d are %s', async (expiresAt, state, words) => {
    const place = {
      source: 'ecs-role',
      name: 'ecs',
      outcome: 'used',
      why: 'role',
      accessKeyId: 'STS.…',
      expiresAt,
    } as const
    const finding = await find(credentials, { credentials: async () => [place] })
    expect(finding).toMatchObject({ state, summary: expect.stringContaining(words) })
  })
})

describe('the endpoint', () => {
  const unknown = async () => {
    throw new OptionError('INVALID_REGION', 'Neither region nor endpoint is given')
  }
  test('that is not known is a problem only with an address', async () => {
    expect(await find(endpoint, { bucket: unknown, target: undefined })).toMatchObject({
      state: 'skipped',
    })
    await expect(find(endpoint, { bucket: unknown })).rejects.toThrow('Neither region')
  })

  test.each([
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000, region cn-hangzhou, path style'],
    [
      'oss-cn-hangzhou-internal.aliyuncs.com',
      'https://examplebucket.oss-cn-hangzhou-internal.aliyuncs.com, region cn-hangzhou',
    ],
  ])('%s', async (given, summary) => {
    expect(await find(endpoint, { bucket: async () => bucketAt(given) })).toMatchObject({ summary })
  })
})

test('the proxy is named with who says so', async () => {
  const used = { name: 'http://proxy:3128', from: 'HTTPS_PROXY' }
  expect(await find(proxy, connected({ proxy: used }))).toMatchObject({
    summary: 'http://proxy:3128, by HTTPS_PROXY',
    facts: { proxy: used },
  })
})

describe('how far the connection got', () => {
  const unresolved = connected({ addresses: [], reached: {}, error: fault('CONNECT_FAILED') })
  const unconnected = connected({ reached: { lookup: 5 }, error: fault('CONNECT_FAILED') })
  const used = { name: 'http://proxy:3128', from: 'HTTPS_PROXY' }
  const untunnelled = connected({
    proxy: used,
    reached: { connect: 5 },
    error: new NetworkError('PROXY_REFUSED', 'no', { sent: 'nothing' }),
  })
  test.each([
    ['dns', dns, unresolved, 'problem', 5],
    ['dns', dns, unconnected, 'ok', 1],
    ['tcp', tcp, unconnected, 'problem', 5],
    ['tcp', tcp, untunnelled, 'problem', 8],
    ['tls', tls, connected({ error: fault('TLS_FAILED') }), 'problem', 8],
  ])('%s', async (_, check, change, state, exitCode) => {
    const finding = await find(check, change)
    expect(finding.state).toBe(state)
    if (state === 'problem') expect(exitCodeOf(finding.error)).toBe(exitCode)
  })

  test('an address is not looked up', async () => {
    const change = connected({ host: '127.0.0.1', addresses: [], reached: { connect: 1 } })
    expect(await find(dns, change)).toMatchObject({
      state: 'ok',
      summary: '127.0.0.1 is an address',
    })
  })
})

describe('the certificate', () => {
  test('that is refused is described, with what to do', async () => {
    const finding = await find(tls, connected({ error: fault('TLS_FAILED') }))
    expect(finding).toMatchObject({ summary: 'https://oss: broken' })
    expect(finding.hints?.join('\n')).toMatch(/^Mend it\nIt is the certificate of .* by GlobalSign/)
    expect(finding.hints?.join('\n')).toContain('--ca-file')
  })

  test('that ends soon is a warning', async () => {
    const certificate = { ...healthy.certificate!, validTo: now + 86_400_000 }
    expect(await find(tls, connected({ certificate }))).toMatchObject({ state: 'warning' })
  })

  test('that is not checked is a warning', async () => {
    expect(await find(tls, { uncheckedBy: '--insecure' })).toMatchObject({ state: 'warning' })
  })

  test.each([
    ['http://127.0.0.1:9000', 'ok'],
    ['http://localhost:9000', 'ok'],
    ['http://oss-cn-hangzhou.aliyuncs.com', 'warning'],
  ])('no check with %s: %s', async (at, state) => {
    const change = { ...connected({ isSecure: false }), bucket: async () => bucketAt(at) }
    expect(await find(tls, change)).toMatchObject({ state })
  })
})

describe('the first answer', () => {
  test('of another user is a problem', async () => {
    const portal = { status: 302, headers: { server: 'nginx' }, sentAt: now, receivedAt: now }
    const finding = await find(answer, { answer: async () => portal })
    expect(finding).toMatchObject({
      state: 'problem',
      summary: 'what answers is not OSS: nginx, status 302',
    })
    expect(exitCodeOf(finding.error)).toBe(5)
  })

  const minute = 60_000
  test.each([
    [1_000, 'ok', 'agrees with that of OSS'],
    [-20_000, 'ok', '20 s ahead of that of OSS'],
    [20_000, 'ok', '20 s behind that of OSS'],
    [5 * minute, 'warning', '5 min behind that of OSS'],
    [-20 * minute, 'warning', '20 min ahead of that of OSS'],
  ])('with a clock %d ms ahead: %s, %s', async (ahead, state, summary) => {
    const at = bucketAt()
    const date = new Date(now + ahead).toUTCString()
    const finding = await find(clock, {
      bucket: async () => at,
      answer: async () => ({ status: 403, headers: { date }, sentAt: now, receivedAt: now + 1000 }),
    })
    expect(finding).toMatchObject({ state, summary })
    // What follows is signed by the clock of OSS.
    expect(at.client.clockOffset !== 0).toBe(state === 'warning')
    expect(finding.hints?.join().includes('refuses') ?? false).toBe(Math.abs(ahead) > 15 * minute)
  })

  test('without a date', async () => {
    const dateless = { status: 403, headers: {}, sentAt: now, receivedAt: now }
    expect(await find(clock, { answer: async () => dateless })).toMatchObject({ state: 'warning' })
  })
})

test('a custom domain has no list of buckets', async () => {
  const custom = bucketAt('https://files.example.com', { cname: true })
  expect(await find(bucket, { target: undefined, bucket: async () => custom })).toMatchObject({
    state: 'skipped',
  })
})

describe('the bucket', () => {
  const info = (more: string) =>
    `<BucketInfo><Bucket><Name>examplebucket</Name><Location>oss-cn-hangzhou</Location><CreationDate>2024-07-31T10:56:21.000Z</CreationDate>${more}</Bucket></BucketInfo>`
  const error = (code: string, more = '') => `<Error><Code>${code}</Code>${more}</Error>`

  /** A bucket whose every answer is this one. */
  function answering(status: number, xml: string, kind: object = {}): Partial<World> {
    const send = async () => ({
      status,
      headers: { 'x-oss-request-id': 'R' },
      body: (async function* () {
        yield new TextEncoder().encode(xml)
      })(),
    })
    const { name, region, ports } = bucketAt()
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
    const scripted = new CoreBucket(
      { name, region, credentials, ...kind },
      { ...ports, transport: { send, close() {} } },
    )
    return { bucket: async () => scripted }
  }

  test.each([
    ['private', {}, 'ok'],
    ['public-read-write', {}, 'warning'],
    ['private', { accelerate: true }, 'warning'],
  ])('%s, reached with %j: %s', async (acl, kind, state) => {
    const more = `<AccessControlList><Grant>${acl}</Grant></AccessControlList><TransferAcceleration>Disabled</TransferAcceleration>`
    expect(await find(bucket, answering(200, info(more), kind))).toMatchObject({ state })
  })

  test.each([
    [403, error('InvalidAccessKeyId'), 'problem', 3, 'OSS does not accept the credentials'],
    [403, error('SignatureDoesNotMatch'), 'problem', 3, 'OSS does not accept the credentials'],
    [404, error('NoSuchBucket'), 'problem', 8, 'NoSuchBucket'],
    [400, error('PublicEndpointForbidden'), 'problem', 8, 'PublicEndpointForbidden'],
    [400, error('InvalidArgument', '<EC>0002-00000226</EC>'), 'problem', 8, 'InvalidArgument'],
    [503, error('ServiceUnavailable'), 'problem', 5, 'ServiceUnavailable'],
    [
      403,
      error('AccessDenied', '<Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>'),
      'problem',
      8,
      'examplebucket is at another endpoint: oss-cn-beijing.aliyuncs.com',
    ],
    [403, error('AccessDenied'), 'ok', 1, 'GetBucketInfo is not allowed, nor needed'],
  ])('%d %s: %s', async (status, xml, state, exitCode, words) => {
    const finding = await find(bucket, answering(status, xml))
    expect(finding).toMatchObject({ state, summary: expect.stringContaining(words) })
    if (state === 'problem') {
      expect(exitCodeOf(finding.error)).toBe(exitCode)
      expect(finding.hints).not.toEqual([])
    }
  })
})

describe('the checkpoint folder', () => {
  const folder = (change: Partial<FolderReport>): Partial<World> => ({
    folder: async () => ({ missing: [], removeMissing: async () => {}, ...change }),
  })
  test.each([
    ['little space', { freeBytes: 1e6 }, /hardly any space/],
    ['others may write', { mode: 0o777 }, /chmod go-w/],
    ['memory', { fileSystem: 'tmpfs' }, /restart removes its files/],
    ['network', { fileSystem: 'nfs' }, /Several machines/],
  ])('%s is a warning', async (_, change, hints) => {
    const finding = await find(checkpoints, folder(change))
    expect(finding.state).toBe('warning')
    expect(finding.hints?.join()).toMatch(hints)
  })

  test('what was made for it is taken away, and the journal is gone', async () => {
    const store = new MemoryJournalStore()
    let removed = false
    const finding = await find(checkpoints, {
      checkpoints: store,
      ...folder({
        missing: ['/somewhere/.ossup'],
        removeMissing: async () => {
          removed = true
        },
      }),
    })
    expect(finding).toMatchObject({ state: 'ok', summary: expect.stringContaining('can be made') })
    expect(removed).toBe(true)
    expect(await store.list()).toEqual([])
  })

  test('one that keeps no locks is a problem', async () => {
    const store = new MemoryJournalStore()
    const lockless = {
      location: 'there',
      list: () => store.list(),
      read: (name: string) => store.read(name),
      open: async (name: string) => new MemoryJournalStore().open(name),
    }
    await expect(find(checkpoints, { checkpoints: lockless })).rejects.toThrow(/two processes/)
  })
})
