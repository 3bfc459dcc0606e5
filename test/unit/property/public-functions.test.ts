// Every public function with hostile arguments: it works as documented, or it rejects with an error of this
// library. An `OptionError` names the option, and nothing reaches the network then. No bare error, no hang.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchRules } from '../../../src/batch/batch-options.ts'
import { Bucket as CoreBucket } from '../../../src/bucket/bucket.ts'
import { operations } from '../../../src/bucket/operations.ts'
import { readRules } from '../../../src/options/read-options.ts'
import { uploadRules } from '../../../src/options/upload-options.ts'
import * as library from '../../../src/runtimes/node/index.ts'
import { seeded } from '../support/random.ts'
import { always, hostile, hostileObject, type Maker } from './hostile.ts'

type UploadWritable = library.UploadWritable<library.UploadResult>
const { OptionError, isOssupError } = library
const runs = Number(process.env.PROPERTY_RUNS ?? 150)
let inputs = 0

const place = {
  name: 'examplebucket',
  region: 'cn-hangzhou',
  endpoint: 'http://127.0.0.1:9',
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret-of-the-test' },
}

/** A bucket whose network refuses every request at once, and counts them. */
function offline() {
  const sent: string[] = []
  let now = 1e12
  const clock = {
    now: () => now,
    monotonic: () => now,
    // No test waits: time passes at once.
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted()
      now += ms
    },
  }
  const transport = {
    async send(request: { method: string; target: string }) {
      sent.push(`${request.method} ${request.target}`)
      throw new library.NetworkError('CONNECT_FAILED', 'refused', { sent: 'nothing' })
    },
    close() {},
  }
  const bucket = new CoreBucket(place, { clock, random: seeded(1), transport })
  return { bucket, sent }
}

/** What the library may do with hostile values. */
async function judge(sent: string[], call: () => unknown): Promise<void> {
  inputs++
  sent.length = 0
  try {
    const result = await call()
    if (isIterator(result)) for await (const _ of result) break
  } catch (error) {
    // The reason of the caller's own signal.
    if (error === stopReason) return
    expect(isOssupError(error), `a bare error: ${String((error as Error)?.stack)}`).toBe(true)
    if (!isOssupError(error)) return
    expect(error.message.length).toBeLessThan(2500)
    expect(error.message).not.toContain('secret-of-the-test')
    if (!(error instanceof OptionError)) return
    expect(error.options.length, error.message).toBeGreaterThan(0)
    expect(error.message).toMatch(/\S/)
    expect(sent.length, `${error.message} after ${sent[0]}`).toBe(0)
  }
}

const stopReason = new Error('the signal of the caller')

function isIterator(value: unknown): value is AsyncGenerator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Calls with arguments that no compiler has seen. */
function call(of: object, name: string, given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(of, name)
  if (typeof method !== 'function') throw new Error(`${name} is no function`)
  return Reflect.apply(method, of, [...given])
}

const property = (
  given: readonly fc.Arbitrary<Maker>[],
  act: (given: unknown[]) => Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(fc.tuple(...given), makers => act(makers.map(({ make }) => make()))),
    { numRuns: runs, seed: 7 },
  )

const maybe = (given: fc.Arbitrary<Maker>) => fc.oneof(always(undefined), given)

const before = { cwd: process.cwd(), home: process.env.HOME }
const folder = mkdtempSync(join(tmpdir(), 'ossup-hostile-'))

beforeAll(() => {
  // Folders that hostile options name are made below the current one, which is deep enough for `../../x`.
  const deep = join(folder, 'a', 'b', 'c', 'd')
  mkdirSync(deep, { recursive: true })
  process.chdir(deep)
  process.env.HOME = folder
})

afterAll(() => {
  process.chdir(before.cwd)
  if (before.home === undefined) delete process.env.HOME
  else process.env.HOME = before.home
  rmSync(folder, { recursive: true, force: true })
  if (process.env.PROPERTY_RUNS) console.log(`${inputs} inputs`)
})

const needed = { key: 'k', uploadId: 'id', partNumber: 1, body: 'x', keys: ['k'], tags: {} }

describe('operations of a bucket', () => {
  const calls = hostileObject(['signal', 'idleTimeoutMs', 'onBytesSent', 'attempts', 'attempt'])

  test.each(Object.entries(operations))('%s', async (name, { rules }) => {
    const fields = Object.keys(rules)
    const valid = Object.fromEntries(Object.entries(needed).filter(([one]) => fields.includes(one)))
    const request = fc.oneof(hostile, hostileObject(fields), hostileObject(fields, valid))
    const call_ = fc.oneof(hostile, calls)
    const isPlain = name === 'deleteBucket' || name === 'getBucketInfo'
    await property(isPlain ? [call_] : [request, maybe(call_)], async given => {
      const { bucket, sent } = offline()
      await judge(sent, () => call(bucket, name, given))
    })
  })

  test.each(['objects', 'parts', 'uploads', 'buckets', 'exists', 'correctClock'])(
    '%s',
    async name => {
      const request = fc.oneof(hostile, hostileObject(['prefix', 'maxKeys', 'marker', 'key']))
      await property([request, maybe(calls)], async given => {
        const { bucket, sent } = offline()
        await judge(sent, () => call(bucket, name, given))
      })
    },
  )
})

describe('functions', () => {
  const { checkpoint: _, ...upload } = uploadRules
  const stopped = AbortSignal.abort(stopReason)

  test('new Bucket', async () => {
    const names = ['internal', 'accelerate', 'cname', 'pathStyle', 'signer', 'logger', 'attempts']
    const keys = ['accessKeyId', 'accessKeySecret', 'securityToken', 'expiresAt', 'AccessKeyId']
    const within = (name: string, fields: readonly string[]) =>
      hostileObject(fields).map(({ make }) => ({ make: () => ({ ...place, [name]: make() }) }))
    const options = fc.oneof(
      hostile,
      hostileObject([...Object.keys(place), ...names, 'network'], place),
      within('credentials', keys),
      within('network', ['proxy', 'ca', 'insecure']),
    )
    await property([options], async ([given]) => {
      await judge([], () => Reflect.construct(library.Bucket, [given]))
    })
  })

  test('resumableUpload', async () => {
    const fields = [...Object.keys(upload), 'checkpointDir', 'spoolDir']
    const options = fc.oneof(hostile, hostileObject(fields, { checkpoint: false }))
    const source = fc.oneof(always(Uint8Array.of(1, 2)), hostile)
    await property(
      [fc.oneof(always('key'), hostile), source, options],
      async ([key, from, more]) => {
        const { bucket, sent } = offline()
        await judge(sent, () => call(library, 'resumableUpload', [bucket, key, from, below(more)]))
      },
    )
  })

  test.each(['resumableUpload', 'downloadObject', 'verifyObject', 'uploadFiles', 'withRetries'])(
    '%s of something that is no bucket',
    async name => {
      await property([hostile], async ([bucket]) => {
        await judge([], () => call(library, name, [bucket, 'prefix/', new Uint8Array(1), {}]))
      })
    },
  )

  test('downloadObject and verifyObject', async () => {
    const fields = [...Object.keys(readRules), 'overwrite', 'download']
    const options = fc.oneof(hostile, hostileObject(fields))
    await property(
      [fc.oneof(always('key'), hostile), hostile, options],
      async ([key, to, more]) => {
        const { bucket, sent } = offline()
        const sink = typeof to === 'string' ? { ...nowhere } : to
        await judge(sent, () => call(library, 'downloadObject', [bucket, key, sink, more]))
        const source = typeof to === 'string' ? new Uint8Array(1) : to
        await judge(sent, () => call(library, 'verifyObject', [bucket, key, source, more]))
      },
    )
  })

  test('uploadFiles', async () => {
    const fields = [...Object.keys(batchRules), 'include', 'exclude', 'followLinks', 'leaveOut']
    const options = fc.oneof(hostile, hostileObject(fields, { checkpoint: false, signal: stopped }))
    const prefix = fc.oneof(always(''), always('p/'), hostile)
    await property([prefix, fc.oneof(always([]), hostile), options], async ([one, from, more]) => {
      const { bucket, sent } = offline()
      await judge(sent, () =>
        call(library, 'uploadFiles', [bucket, one, elsewhere(from), below(more)]),
      )
    })
  })

  test('checkpoints', async () => {
    const checkpoint = new library.MemoryJournalStore()
    const fields = ['signal', 'onEvent', 'attempts', 'idleTimeoutMs', 'partSize', 'wait']
    const options = fc.oneof(
      hostile,
      hostileObject(fields, { checkpoint, offlineTimeoutMs: 0, attempts: 1 }),
    )
    await property([hostile, options], async ([id, more]) => {
      const { bucket, sent } = offline()
      await judge(sent, () => call(library, 'resumeCheckpoint', [bucket, id, more]))
      await judge(sent, () => call(library, 'discardCheckpoint', [bucket, id, more]))
      await judge(sent, () => call(library, 'discardUpload', [bucket, 'k', id, more]))
      await judge(sent, () => call(library, 'listUnfinishedUploads', [bucket, id, more]))
      await judge(sent, () => call(library, 'abortUnfinishedUpload', [bucket, id, more]))
      await judge(sent, () => call(library, 'listCheckpoints', [more]))
      await judge(sent, () => call(library, 'tidyCheckpoints', [more]))
    })
  })
})

/** Hostile values for each argument of the functions that send no request when they are called. */
const argumentsOf: Readonly<Record<string, readonly fc.Arbitrary<Maker>[]>> = (() => {
  const place = { bucket: 'examplebucket', region: 'cn-hangzhou', endpoint: 'x', style: 'path' }
  const link = { name: 'here', outcome: 'used', why: 'keys' }
  const env = { HOME: folder }
  const around = fc.oneof(
    hostile,
    hostileObject(['env', 'home', 'clock', 'network', 'stsEndpoint', 'metadataEndpoint'], { env }),
  )
  const config = fc.oneof(hostile, hostileObject(['profile', 'onExplained', 'home'], { env }))
  const object = (valid: object) => fc.oneof(hostile, hostileObject(Object.keys(valid), valid))
  const role = { roleArn: 'acs:ram::1:role/a', sessionName: 'a', durationSeconds: 900 }
  const base = fc.oneof(
    always(async () => place),
    hostile,
  )
  const keys = { accessKeyId: 'a', accessKeySecret: 'secret-of-the-test' }
  return {
    bucketOptionsFromConfig: [object({ name: 'a', region: 'cn-hangzhou' }), config],
    bucketOptionsOf: [object(place), object({ region: 'cn-hangzhou', endpoint: 'x' })],
    checkpointStore: [hostileObject(['checkpointDir', 'trustCheckpointDir']).map(deepFolder)],
    crc64: [hostile, maybe(hostile)],
    crc64Combine: [fc.oneof(always(1n), hostile), fc.oneof(always(2n), hostile), hostile],
    credentialsSigner: [object({ credentials: keys, region: 'cn-hangzhou', product: 'oss' })],
    defaultCredentials: [config],
    describeLink: [object(link)],
    fileJournalStore: [
      hostile,
      fc.oneof(hostile, hostileObject(['clock', 'write', 'trustOthers'])),
    ],
    fromAssumedRole: [base, object(role), around],
    fromCredentialsUri: [hostile, around],
    fromEcsRole: [object({ roleName: 'a', hardenedOnly: true }), around],
    fromEnv: [hostile],
    fromOidcRole: [object({ ...role, oidcProviderArn: 'a', oidcTokenFile: '/x' }), around],
    fromProcess: [object({ command: 'true', timeoutMs: 1 }), around],
    isOssupError: [hostile],
    listSpoolFiles: [hostile],
    nodeTransport: [fc.oneof(hostile, hostileObject(['proxy', 'ca', 'insecure']))],
    refusesCredentials: [hostile],
    removeSpoolFile: [hostile],
    staticCredentials: [object(keys)],
  }
})()

function deepFolder({ make }: Maker): Maker {
  return { make: () => below(make()) }
}

describe('functions that send no request', () => {
  test.each(Object.entries(argumentsOf))('%s', async (name, given) => {
    await property(given, async values => judge([], () => call(library, name, values)))
  })

  test.each(['createWriteStream', 'createWritable'])('%s', async name => {
    const options = fc.oneof(
      hostile,
      hostileObject(Object.keys(uploadRules), { checkpoint: false }),
    )
    await property([fc.oneof(always('key'), hostile), options], async given => {
      const { bucket, sent } = offline()
      await judge(sent, async () => {
        const stream = call(library, name, [bucket, given[0], below(given[1])])
        if (stream instanceof Writable) stream.on('error', () => {}).destroy()
        else {
          const { writable, result } = stream as UploadWritable
          await Promise.allSettled([writable.abort(), result])
        }
      })
    })
  })

  test('inspectConnection', async () => {
    const options = fc.oneof(hostile, hostileObject(['signal', 'timeoutMs']))
    await property([hostile, maybe(hostile), options], async given => {
      await judge([], () => call(library, 'inspectConnection', given))
    })
  })
})

test('every function of the library has its hostile arguments here', () => {
  const tested = readFileSync(new URL(import.meta.url), 'utf8')
  const functions = Object.entries(library).filter(
    ([name, value]) => typeof value === 'function' && !/(Error|Store)$/.test(name),
  )
  // It asks the machine for credentials: the options are those of defaultCredentials.
  const others = ['explainCredentials', 'Bucket']
  const names = functions.map(([name]) => name).filter(name => !others.includes(name))
  const missing = names.filter(
    name => argumentsOf[name] === undefined && !tested.includes(`'${name}`),
  )
  expect(missing).toEqual([])
})

/** Folders stay below that of the test. */
function below(options: unknown): unknown {
  for (const name of ['checkpointDir', 'spoolDir']) {
    const found = isObject(options) ? Object.getOwnPropertyDescriptor(options, name) : undefined
    if (typeof found?.value !== 'string') continue
    Object.defineProperty(options, name, { value: found.value.replace(/^[/\\]+/, '') })
  }
  return options
}

function isObject(value: unknown): value is object {
  try {
    return (
      typeof value === 'object' && value !== null && Object.getOwnPropertyNames(value).length > 0
    )
  } catch {
    return false
  }
}

/** No string leads to a folder of this machine, whose files would all be looked at. */
function elsewhere(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(elsewhere)
  return typeof given === 'string' ? `no-such-folder-${given}` : given
}

const nowhere = {
  name: 'nowhere',
  isSeekable: true,
  begin: async () => {},
  write: async () => {},
  commit: async () => {},
  discard: async () => {},
}
