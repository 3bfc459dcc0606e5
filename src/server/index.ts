// A local OSS in this process: `const oss = await serve()` for a test suite's own server on a free port, or
// with a data folder for one that keeps what it is given.

import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Random } from '../ports.ts'
import { type KeyPair, KeyRing } from './auth/keys.ts'
import { postCallback } from './callback-sender.ts'
import { withControl } from './control/control.ts'
import { createCounters, type Stats } from './control/counters.ts'
import { openDiskStore } from './disk/disk-store.ts'
import type { FaultRule } from './faults/fault-rules.ts'
import { createFaults, type Faults } from './faults/faults.ts'
import { createHandler } from './handler.ts'
import { listen } from './http/listener.ts'
import { keysOfFolder, randomKey } from './key-file.ts'
import { newBucket } from './operations/bucket.ts'
import { type Unconfirmed, unconfirmedDefaults } from './rules/unconfirmed.ts'
import { checkServeOptions } from './serve-options.ts'
import { createMemoryStore } from './store/memory-store.ts'
import type { BucketAcl } from './store/records.ts'
import type { ObjectStore } from './store/store.ts'

export type { KeyPair } from './auth/keys.ts'
export type { OperationCounts, Stats } from './control/counters.ts'
export type { FaultKind, FaultRule } from './faults/fault-rules.ts'
export type { Faults } from './faults/faults.ts'
export { type Unconfirmed, unconfirmedChoices, unconfirmedDefaults } from './rules/unconfirmed.ts'

/** How the local OSS is served. */
export interface ServeOptions {
  /** 0 takes a free one. @default 0 */
  readonly port?: number
  /** Address to listen on. The default is loopback. @default '127.0.0.1' */
  readonly host?: string
  /** Folder that keeps everything, made if absent. Without one, memory does, until `close`. */
  readonly data?: string
  /** Wait for the disk itself before answering. @default true */
  readonly sync?: boolean
  /** Key pairs that may sign. @default a random one, kept with the data folder */
  readonly keys?: readonly KeyPair[]
  /** Region that signatures must name. @default 'cn-hangzhou' */
  readonly region?: string
  /** Make buckets when they are first used. @default false */
  readonly createBuckets?: boolean
  /** Make these buckets at the start if they are not there. */
  readonly buckets?: readonly (string | { readonly name: string; readonly acl: BucketAcl })[]
  /**
   * Origins of web pages that may use every bucket, such as `http://localhost:5173`; `*` matches any text. A rule
   * for them follows a bucket's own CORS rules, and lets the page read the headers that an uploader needs.
   */
  readonly cors?: readonly string[]
  /** Custom domains: host name to bucket. */
  readonly domains?: Readonly<Record<string, string>>
  /** Further endpoint names under which `{bucket}.{name}` is a bucket, as `localhost` is. */
  readonly hosts?: readonly string[]
  /** Misbehaviour from the start; `faults` of the result changes it. */
  readonly faults?: readonly FaultRule[]
  /** What the server's clock is ahead of the real one, milliseconds. @default 0 */
  readonly clockSkewMs?: number
  /** Smallest part but the last, bytes. @default 102_400 */
  readonly partSizeMin?: number
  /** Longest time without a byte of a body, milliseconds. @default 60_000 */
  readonly idleTimeoutMs?: number
  /** Post callbacks to any host. By default only to loopback: a test server should not call other machines. @default false */
  readonly allowCallbacks?: boolean
  /** Answer the control API under `/_ossup/`. @default false */
  readonly control?: boolean
  /** HTTPS with this key and certificate, PEM. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Other choices for the unconfirmed points of OSS. */
  readonly unconfirmed?: Partial<Unconfirmed>
  /** Called with the server's own failures, which clients see as 500. */
  readonly onError?: (error: unknown) => void
}

/** A local OSS that is being served. */
export interface LocalOss {
  /** `http://127.0.0.1:9000` */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** The key pairs that may sign; more can be added, and taken away. */
  readonly keys: KeyRing
  /** The first key pair. */
  readonly key: KeyPair
  readonly faults: Faults
  /** What it has done since it began, or since `resetStats`. */
  stats(): Stats
  /** Counts from nothing again. */
  resetStats(): void
  /** Sets the clock ahead of the real one, or behind it. */
  skewClock(ms: number): void
  /** Stops; requests under way get 2 seconds to end. */
  close(): Promise<void>
}

const graceMs = 2000

/**
 * Starts a local OSS.
 * @throws {Error} if an option is unknown or not valid, the port is taken, or the data folder is in use or cannot
 * be written
 */
export async function serve(options: ServeOptions = {}): Promise<LocalOss> {
  checkServeOptions({ ...options })
  const { host = '127.0.0.1', region = 'cn-hangzhou', data, onError } = options
  let skewMs = options.clockSkewMs ?? 0
  const clock: Clock = {
    now: () => Date.now() + skewMs,
    monotonic: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
  }
  const random: Random = { next: () => randomInt(2 ** 32) / 2 ** 32 }
  const store =
    data === undefined
      ? createMemoryStore()
      : await openDiskStore({ directory: data, sync: options.sync ?? true })
  const given = options.keys ?? (await ownKeys(store, data))
  const keys = new KeyRing(given)
  const addressing = { domains: options.domains ?? {}, hosts: options.hosts ?? [] }
  const counters = createCounters(addressing)
  const faults = createFaults({ clock, random, addressing, rules: options.faults ?? [] })
  const unconfirmed = { ...unconfirmedDefaults, ...options.unconfirmed }
  const handler = createHandler({
    store,
    clock,
    random,
    keys,
    options: {
      region,
      addressing,
      unconfirmed,
      partSizeMin: options.partSizeMin ?? 102_400,
      createBuckets: options.createBuckets ?? false,
      corsOrigins: options.cors ?? [],
      sendCallback: request => postCallback(request, { anyHost: options.allowCallbacks ?? false }),
      ...(onError && { onError }),
    },
  })
  const skewClock = (ms: number) => {
    skewMs = ms
  }
  const wrapped = counters.wrap(faults.wrap(handler))
  const outermost = options.control
    ? withControl(wrapped, {
        counters,
        faults,
        keys,
        skewClock,
        hosts: [host, ...addressing.hosts],
      })
    : wrapped
  try {
    for (const bucket of options.buckets ?? []) {
      const { name, acl } =
        typeof bucket === 'string' ? { name: bucket, acl: 'private' as const } : bucket
      if (await store.bucket(name)) continue
      await store.putBucket({ ...newBucket(name, clock.now()), acl })
    }
    const listener = await listen(outermost, {
      host,
      port: options.port ?? 0,
      idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
      earlyErrors: unconfirmed.earlyErrors,
      ...(options.tls && { tls: options.tls }),
      ...(onError && { onError }),
    })
    const name = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
    return {
      endpoint: `${options.tls ? 'https' : 'http'}://${name}:${listener.port}`,
      port: listener.port,
      region,
      keys,
      key: given[0] ?? { accessKeyId: '', accessKeySecret: '' },
      faults,
      stats: counters.stats,
      resetStats: counters.reset,
      skewClock,
      async close() {
        await listener.close(graceMs)
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Keys of a folder are made by the server that has its lock. */
async function ownKeys(store: ObjectStore, data: string | undefined): Promise<readonly KeyPair[]> {
  try {
    return data === undefined ? [randomKey()] : await keysOfFolder(data)
  } catch (error) {
    await store.close()
    throw error
  }
}
