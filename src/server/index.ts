// A local OSS in this process. `const oss = await serve()` starts a test suite's own server on a free port. With a
// data folder, the server keeps its objects.

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

/** Options of the local OSS. */
export interface ServeOptions {
  /** Port to listen on. 0 takes a free port. @default 0 */
  readonly port?: number
  /** Address to listen on. The default is loopback. @default '127.0.0.1' */
  readonly host?: string
  /** Folder that stores all data. It is created if absent. Without a folder, data is kept in memory until `close`. */
  readonly data?: string
  /** Wait until data is on the disk before answering. @default true */
  readonly sync?: boolean
  /** Key pairs that may sign. @default a random key pair, stored in the data folder */
  readonly keys?: readonly KeyPair[]
  /** Region that signatures must name. @default 'cn-hangzhou' */
  readonly region?: string
  /** Create buckets when they are first used. @default false */
  readonly createBuckets?: boolean
  /** Create these buckets at the start if they do not exist. */
  readonly buckets?: readonly (string | { readonly name: string; readonly acl: BucketAcl })[]
  /**
   * Origins of web pages that may use every bucket, such as `http://localhost:5173`; `*` matches any string. A rule
   * for them follows a bucket's own CORS rules. It lets the page read the headers that an uploader needs.
   */
  readonly cors?: readonly string[]
  /** Custom domains: a map from host name to bucket. */
  readonly domains?: Readonly<Record<string, string>>
  /** Other endpoint names. `{bucket}.{name}` addresses a bucket, as `{bucket}.localhost` does. */
  readonly hosts?: readonly string[]
  /** Faults to produce from the start. `faults` of the result changes them. */
  readonly faults?: readonly FaultRule[]
  /** Milliseconds by which the server's clock is ahead of the real clock. @default 0 */
  readonly clockSkewMs?: number
  /** Minimum size of every part but the last, bytes. @default 102_400 */
  readonly partSizeMin?: number
  /** Maximum time without a byte of a body, milliseconds. @default 60_000 */
  readonly idleTimeoutMs?: number
  /**
   * Send callbacks to any host. By default, they go only to loopback, because a test server should not call other
   * machines. @default false
   */
  readonly allowCallbacks?: boolean
  /** Answer the control API under `/_ossup/`. @default false */
  readonly control?: boolean
  /** Serve HTTPS with this key and certificate, PEM. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Choices for the unconfirmed points of OSS, if they differ from the defaults. */
  readonly unconfirmed?: Partial<Unconfirmed>
  /** Called with the server's own failures. Clients see them as status 500. */
  readonly onError?: (error: unknown) => void
}

/** A running local OSS. */
export interface LocalOss {
  /** The address of the server, such as `http://127.0.0.1:9000`. */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** The key pairs that may sign. Keys can be added and removed. */
  readonly keys: KeyRing
  /** The first key pair. */
  readonly key: KeyPair
  readonly faults: Faults
  /** Counts of requests since the start, or since `resetStats`. */
  stats(): Stats
  /** Sets all counts to 0. */
  resetStats(): void
  /** Sets the server's clock ahead of the real clock, or behind it. Milliseconds. */
  skewClock(ms: number): void
  /** Stops the server. Requests in progress get 2 seconds to end. */
  close(): Promise<void>
}

const graceMs = 2000

/**
 * Starts a local OSS.
 * @throws {OptionError} `UNKNOWN_OPTION` or `INVALID_OPTIONS` if an option is unknown or not valid
 * @throws {Error} if the port is taken, or the data folder is in use or not writable
 */
export async function serve(given: ServeOptions = {}): Promise<LocalOss> {
  const options = checkServeOptions(given)
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
  const pairs = options.keys ?? (await ownKeys(store, data))
  const keys = new KeyRing(pairs)
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
      key: pairs[0] ?? { accessKeyId: '', accessKeySecret: '' },
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

/** Reads or creates the keys of a folder. Only the server that holds the folder's lock creates them. */
async function ownKeys(store: ObjectStore, data: string | undefined): Promise<readonly KeyPair[]> {
  try {
    return data === undefined ? [randomKey()] : await keysOfFolder(data)
  } catch (error) {
    await store.close()
    throw error
  }
}
