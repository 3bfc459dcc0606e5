// OSS: the local server's own rules over its store in memory, on the virtual clock. Other clients of the
// bucket, who have rights of their own, act here too.

import { crc64 } from '../../src/hash/crc64.ts'
import type { Credentials } from '../../src/ports.ts'
import { type KeyPair, KeyRing } from '../../src/server/auth/keys.ts'
import { createHandler } from '../../src/server/handler.ts'
import type { Handler } from '../../src/server/http.ts'
import { createMemoryStore } from '../../src/server/memory-store.ts'
import type { ObjectStore } from '../../src/server/store.ts'
import { epoch } from './machine.ts'
import { observeStore, type StoreEvent } from './observed-store.ts'
import type { Plan } from './plan.ts'
import { bucketName, key } from './process.ts'
import { Dice } from './random.ts'
import { partSizeMin } from './small-limits.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Nothing of these may ever be in a journal. */
export const secrets = { secret: 'open-sesame', token: 'token-number-' } as const

export class SimulatedOss {
  readonly handler: Handler
  readonly store: ObjectStore
  readonly #keys = new KeyRing()
  readonly #dice: Dice
  readonly #plan: Plan
  readonly #time: VirtualTime
  #issued = 0
  #written = 0

  constructor(
    plan: Plan,
    time: VirtualTime,
    events: { onStored: (event: StoreEvent) => void; onError: (error: unknown) => void },
  ) {
    this.#plan = plan
    this.#time = time
    this.#dice = new Dice(plan.seed, 'oss')
    this.store = observeStore(createMemoryStore(), events.onStored)
    this.handler = createHandler({
      store: this.store,
      clock: {
        now: () => this.now(),
        monotonic: () => time.now,
        sleep: (ms, signal) => time.sleep(ms, signal),
      },
      random: this.#dice,
      keys: this.#keys,
      options: {
        partSizeMin,
        completeMs: () => (plan.completeMs > 0 ? this.#dice.whole(0, plan.completeMs) : 0),
        createBuckets: true,
        unconfirmed: plan.unconfirmed,
        onError: events.onError,
      },
    })
  }

  /** OSS's clock, epoch milliseconds. */
  now(): number {
    return epoch + this.#time.now
  }

  issueCredentials(_refresh: boolean): Credentials {
    const { tokenLifeMs, denied } = this.#plan
    const pair: KeyPair = { accessKeyId: 'id', accessKeySecret: secrets.secret, deny: denied }
    if (tokenLifeMs === undefined) {
      this.#keys.add(pair)
      return { accessKeyId: pair.accessKeyId, accessKeySecret: pair.accessKeySecret }
    }
    const number = ++this.#issued
    const temporary = {
      ...pair,
      accessKeyId: `STS.${number}`,
      securityToken: `${secrets.token}${number}`,
      expiresAt: this.now() + tokenLifeMs,
    }
    this.#keys.add(temporary)
    const { accessKeyId, accessKeySecret, securityToken, expiresAt } = temporary
    // Some providers do not say when their tokens end.
    const end = this.#dice.chance(0.7) ? { expiresAt } : {}
    return { accessKeyId, accessKeySecret, securityToken, ...end }
  }

  /** Another program stores an object under our key. */
  async overwrite(): Promise<void> {
    const bytes = this.#dice.bytes(this.#dice.whole(1, 50))
    const writer = this.store.createBlob()
    await writer.write(bytes)
    const segments = await writer.finish()
    await this.store.putObject(
      bucketName,
      {
        key,
        size: bytes.length,
        etag: `OTHER${++this.#written}`,
        crc64: String(crc64(bytes)),
        type: 'Normal',
        modifiedAt: this.now(),
        attributes: { headers: {}, storageClass: 'Standard', encryption: {}, tags: {} },
        acl: 'default',
        segments,
      },
      { ifAbsent: false },
    )
  }

  /** A lifecycle rule, or a person, aborts what is unfinished. */
  async abortAll(): Promise<void> {
    for (const { id } of await this.store.uploads(bucketName)) {
      await this.store.abortUpload(bucketName, id, { keepUpload: false })
    }
  }
}

export function isOthers(etag: string): boolean {
  return etag.startsWith('OTHER')
}
