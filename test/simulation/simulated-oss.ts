// OSS: the local server's own rules over its store in memory, on the virtual clock. Other clients of the
// bucket, who have rights of their own, act here too.

import { createHash } from 'node:crypto'
import { crc64 } from '../../src/hash/crc64.ts'
import type { Credentials } from '../../src/ports.ts'
import { type KeyPair, KeyRing } from '../../src/server/auth/keys.ts'
import { createHandler } from '../../src/server/handler.ts'
import type { Handler } from '../../src/server/http/http.ts'
import { createMemoryStore } from '../../src/server/store/memory-store.ts'
import type { ObjectStore } from '../../src/server/store/store.ts'
import { epoch } from './machine.ts'
import { observeStore, type StoreEvent } from './observed-store.ts'
import type { Plan } from './plan.ts'
import { bucketName, key } from './process.ts'
import { Dice } from './random.ts'
import { partSizeMin } from './small-limits.ts'
import type { VirtualTime } from './virtual-time.ts'

const plainAttributes = { headers: {}, storageClass: 'Standard', encryption: {}, tags: {} }

/** Nothing of these may ever be in a journal. */
export const secrets = { secret: 'open-sesame', token: 'token-number-' } as const

export class SimulatedOss {
  readonly handler: Handler
  readonly store: ObjectStore
  /** Uploads of our key that other programs have begun, with bytes of their own. */
  readonly othersUploads = new Set<string>()
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

  /** Makes the bucket as the plan has it. */
  async prepare(twin: Uint8Array): Promise<void> {
    const { versioning, forbids, hasTwin } = this.#plan.bucket
    await this.store.putBucket({
      name: bucketName,
      createdAt: this.now(),
      acl: 'private',
      storageClass: 'Standard',
      redundancy: 'LRS',
      ...(versioning && { versioning }),
      ...(forbids && { overwriteRules: [{ id: '1', prefix: '', suffix: '', principals: [] }] }),
    })
    if (hasTwin) await this.overwrite(twin)
  }

  /** Another program stores an object under our key: these bytes, or else some of its own. */
  async overwrite(equal?: Uint8Array): Promise<void> {
    const bytes = equal ?? this.#dice.bytes(this.#dice.whole(1, 50))
    await this.store.putObject(
      bucketName,
      {
        key,
        size: bytes.length,
        etag: `${equal === undefined ? 'OTHER' : equalsEtag}${++this.#written}`,
        crc64: String(crc64(bytes)),
        type: 'Normal',
        modifiedAt: this.now(),
        attributes: plainAttributes,
        acl: 'default',
        segments: await this.#keep(bytes),
      },
      { ifAbsent: false },
    )
  }

  /** Another program begins an upload of our key, of bytes of its own, and leaves it at that. */
  async beginOthers(): Promise<void> {
    const id = await this.#begin('OTHERS')
    await this.#putPart(id, 1, this.#dice.bytes(this.#dice.whole(1, 3 * partSizeMin)))
    this.othersUploads.add(id)
  }

  /**
   * oss2 has begun an upload of these bytes, and some of its parts have arrived.
   * @param share how many of them, about
   * @returns the upload id
   */
  async leaveOss2(bytes: Uint8Array, partSize: number, share: number): Promise<string> {
    const id = await this.#begin('OSS2')
    for (let number = 1; (number - 1) * partSize < bytes.length; number++) {
      if (!this.#dice.chance(share)) continue
      const part = bytes.slice((number - 1) * partSize, number * partSize)
      // The file was edited since, and no upload noticed.
      if (this.#dice.chance(0.1)) part.fill(0)
      await this.#putPart(id, number, part)
    }
    return id
  }

  async #begin(name: string): Promise<string> {
    const id = `${name}${String(++this.#written).padStart(32 - name.length, '0')}`
    const upload = { id, key, initiatedAt: this.now(), attributes: plainAttributes }
    await this.store.createUpload(bucketName, upload)
    return id
  }

  async #putPart(id: string, number: number, bytes: Uint8Array): Promise<void> {
    await this.store.putPart(bucketName, id, {
      number,
      size: bytes.length,
      etag: createHash('md5').update(bytes).digest('hex').toUpperCase(),
      crc64: String(crc64(bytes)),
      modifiedAt: this.now(),
      segments: await this.#keep(bytes),
    })
  }

  async #keep(bytes: Uint8Array) {
    const writer = this.store.createBlob()
    await writer.write(bytes)
    return await writer.finish()
  }

  /** A lifecycle rule, or a person, aborts unfinished uploads. */
  async abortAll(): Promise<void> {
    for (const { id } of await this.store.uploads(bucketName)) {
      await this.store.abortUpload(bucketName, id, { keepUpload: false })
    }
  }
}

/** Objects of other programs that happen to have our bytes begin their ETags with this. */
export const equalsEtag = 'EQUAL'

export function isOthers(etag: string): boolean {
  return etag.startsWith('OTHER')
}
