// One process that runs the engine. All its ports count calls, so that a crash, or anything else, can be
// put at any await; a dead process's ports never answer again, as if its code had stopped there.

import { Bucket } from '../../src/bucket/bucket.ts'
import { CredentialsError } from '../../src/errors.ts'
import { decodeJournal } from '../../src/journal/codec.ts'
import { journalName } from '../../src/journal/name.ts'
import type { JournalRecord } from '../../src/journal/record.ts'
import type { UploadOptions, UploadResult } from '../../src/options/upload-options.ts'
import type {
  Identity,
  Journal,
  JournalStore,
  Ports,
  Source,
  StreamSource,
} from '../../src/ports.ts'
import { nodeHash } from '../../src/runtimes/node/platform/hash.ts'
import { uploadFrom } from '../../src/upload/resumable-upload.ts'
import type { Machine } from './machine.ts'
import type { PlannedRun, RunOptions } from './plan.ts'
import { Dice } from './random.ts'
import type { OpenFile } from './simulated-file.ts'
import { partSizeMin } from './small-limits.ts'
import type { VariedRun } from './variation.ts'
import type { World } from './world.ts'

export const bucketName = 'examplebucket'
export const key = 'dir/object'
const sourceId = 'file'
/** Of all processes of all stories played so far. */
let births = 0

/** How a process came to its end. */
export type Ending =
  | { readonly kind: 'stored'; readonly result: UploadResult }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' }

/** One look at the identity of the source. */
export interface Look {
  /** Virtual moment. */
  readonly at: number
  readonly identity: Identity
  /** Bytes of the source that the process had read, and requests it had sent, until then. */
  readonly bytesRead: number
  readonly requests: number
}

export class SimulatedProcess {
  readonly number: number
  readonly machine: Machine
  readonly options: RunOptions
  readonly startedAt: number
  readonly ended: Promise<Ending>
  ending: Ending | undefined
  isAlive = true
  /** Of ports, so far. */
  calls = 0
  /** What its journal said when it was opened. */
  found: readonly JournalRecord[] = []
  /** Lines of it that were damaged. */
  foundDamage = 0
  /** When it looked at the source, in order. */
  readonly looks: Look[] = []
  #bytesRead = 0
  #requests = 0
  readonly stopper = new AbortController()
  /** The stream that was offered last. */
  offered: Uint8Array | undefined
  readonly #variation: VariedRun
  /** Callers in this process that want the same upload; the first that has not left leads. */
  readonly #waiters: AbortController[] = []
  readonly #settled = new Set<AbortController>()
  readonly #world: World
  readonly #dice: Dice
  /**
   * The engine keeps a map of the uploads that run in its process. All simulated processes share it, real
   * ones do not: so each has a source id of its own, which the journal's name forgets again.
   */
  readonly #sourceId = `${sourceId} ${String(births++).padStart(12, '0')}`
  readonly #incidents: PlannedRun['incidents']
  #end: (ending: Ending) => void = () => {}

  constructor(
    world: World,
    setting: {
      number: number
      machine: Machine
      options: RunOptions
      incidents: PlannedRun['incidents']
      variation: VariedRun
    },
  ) {
    this.#world = world
    this.number = setting.number
    this.machine = setting.machine
    this.options = setting.options
    this.#incidents = setting.incidents
    this.#variation = setting.variation
    this.#dice = new Dice(world.plan.seed, `process ${setting.number}`)
    this.startedAt = world.time.now
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  get name(): string {
    return `process ${this.number}`
  }

  /** Kills it: nothing that it does from now on has any effect. */
  crash(): void {
    if (!this.isAlive) return
    this.isAlive = false
    this.#world.network.drop(this.number)
    this.machine.disk.release(this)
    this.#settle({ kind: 'crashed' })
  }

  /** Calls the engine. Everything it does happens from here on. */
  async run(): Promise<void> {
    const ports = this.#ports()
    const bucket = new Bucket(
      { name: bucketName, region: 'cn-hangzhou', credentials: this.#credentials },
      { ...ports, hash: nodeHash() },
    )
    const store = this.#journals(bucket.place)
    const { variation } = this.#world.plan
    const endings: Promise<Ending>[] = []
    const wait = (open: () => Promise<Source | StreamSource>) => {
      const waiter = new AbortController()
      this.#waiters.push(waiter)
      const options = this.#uploadOptions(waiter)
      const findEarlier = async () => this.#findEarlier()
      const upload = uploadFrom(bucket, key, open, options, store, findEarlier)
      endings.push(this.#endingOf(waiter, upload))
    }
    /** The others come as soon as the upload runs, and before it can have ended. */
    const join = () => {
      const source = this.#source(this.#world.file.open(), () => {})
      while (this.#waiters.length < variation.waiters) wait(async () => source)
    }
    wait(() => this.#open(join))
    await endings[0]
    const all = await Promise.all(endings)
    const lead = this.#waiters.findIndex(({ signal }) => !signal.aborted)
    const ending = all[lead]
    if (this.isAlive && ending !== undefined) this.#settle(ending)
  }

  async #endingOf(waiter: AbortController, upload: Promise<UploadResult>): Promise<Ending> {
    const ending = await upload.then(
      (result): Ending => ({ kind: 'stored', result }),
      (error: unknown): Ending => ({ kind: 'failed', error }),
    )
    this.#settled.add(waiter)
    if (!this.isAlive || !waiter.signal.aborted) return ending
    // It left, so it got its own reason at once, independently of the later result of the others.
    const reasons = [waiter.signal.reason, this.stopper.signal.reason]
    const isOwn = ending.kind === 'failed' && reasons.includes(ending.error)
    if (!isOwn) this.#world.violate('5 waiters', `one that left got '${ending.kind}'`)
    return ending
  }

  /** One of several callers does not want to wait any longer. Returns which, for the trace. */
  leave(): string {
    const staying = this.#waiters.filter(({ signal }) => !signal.aborted)
    if (staying.length < 2) return 'nobody'
    const waiter = this.#dice.pick(staying)
    waiter.abort(new Error('left'))
    return `waiter ${this.#waiters.indexOf(waiter)} of ${this.name}`
  }

  /** All waiters get the same result, so the first one represents them. */
  #isLead(waiter: AbortController): boolean {
    return this.#waiters.find(({ signal }) => !signal.aborted) === waiter
  }

  #findEarlier() {
    const { oss2 } = this.#world
    if (oss2 === undefined || this.machine !== this.#world.here) return undefined
    const forget = () =>
      this.#call(async () => {
        this.#world.oss2 = undefined
      })
    return { ...oss2, forget }
  }

  #settle(ending: Ending): void {
    if (this.ending !== undefined) return
    this.ending = ending
    this.#world.watch.onEnding(this, ending)
    this.isAlive = false
    // A lock that was still being taken when the user stopped the process ends with the process.
    if (this.stopper.signal.aborted) this.machine.disk.release(this)
    this.#end(ending)
  }

  #uploadOptions(waiter: AbortController): UploadOptions {
    const { checkpoint, metadata, bandwidth, ...options } = this.options
    return {
      ...options,
      ...(checkpoint ? {} : { checkpoint: false }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      metadata: { version: metadata },
      contentType: 'text/plain',
      ...(this.#world.plan.variation.stream === 'hinted' && { sizeHint: this.#world.plan.size }),
      signal: AbortSignal.any([this.stopper.signal, waiter.signal]),
      onProgress: snapshot => {
        if (this.#settled.has(waiter)) this.#world.violate('13 progress', 'told after the end')
        if (this.#isLead(waiter)) this.#world.watch.onSnapshot(this, snapshot)
      },
      onEvent: event => {
        if (this.#isLead(waiter)) this.#world.watch.onEvent(this, event)
      },
    }
  }

  /** A call of a port: the place where things happen to a process. */
  async #call<T>(effect: () => Promise<T>, half?: () => void): Promise<T> {
    if (!this.isAlive) return this.#world.silence()
    this.calls++
    const due = this.#incidents.filter(({ at }) => at === this.calls)
    const crash = due.find(({ what }) => what === 'kill' || what === 'power-cut')
    for (const { what } of due) if (what !== crash?.what) this.#world.happen(what, this)
    // One of them may have been its end: the dead open nothing and hold no lock.
    if (!this.isAlive) return this.#world.silence()
    if (crash !== undefined) {
      const moment = this.#dice.pick(['before', 'during', 'after'])
      if (moment === 'during') half?.()
      if (moment === 'after') effect().catch(() => {})
      this.#world.happen(crash.what, this)
    }
    if (!this.isAlive) return this.#world.silence()
    if (this.#dice.chance(0.05)) await this.#world.time.sleep(this.#dice.whole(1, 20))
    if (!this.isAlive) return this.#world.silence()
    try {
      const result = await effect()
      return this.isAlive ? result : this.#world.silence()
    } catch (error) {
      if (!this.isAlive) return this.#world.silence()
      throw error
    }
  }

  #ports(): Ports {
    const { time, network } = this.#world
    const transport = network.transportFor(this.number)
    const dice = new Dice(this.#world.plan.seed, `engine ${this.number}`)
    return {
      clock: {
        now: () => this.machine.wallClock(),
        monotonic: () => time.now,
        sleep: (ms, signal) => this.#sleep(ms, signal),
      },
      random: dice,
      transport: {
        send: (request, options) => {
          this.#requests++
          return this.#call(() => transport.send(request, options))
        },
        close() {},
      },
    }
  }

  /** Not counted as a call: what happens around a pause happens at the call after it. */
  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#world.time.sleep(ms, signal)
    } catch (error) {
      if (this.isAlive) throw error
    }
    if (!this.isAlive) return this.#world.silence()
  }

  readonly #credentials = ({ refresh }: { refresh: boolean }) =>
    this.#call(async () => {
      if (!this.#world.isCalm && this.#world.plan.tokenLifeMs !== undefined) {
        if (this.#dice.chance(0.05)) {
          throw new CredentialsError('CREDENTIALS_UNAVAILABLE', 'the provider is down', {
            retryable: true,
          })
        }
      }
      return this.#world.oss.issueCredentials(refresh)
    })

  #open(onLook: () => void): Promise<Source | StreamSource> {
    return this.#call(async () => {
      const { file, plan } = this.#world
      const open = file.open()
      return plan.variation.stream === undefined ? this.#source(open, onLook) : this.#stream()
    })
  }

  #source(open: OpenFile, onLook: () => void): Source {
    return {
      name: 'file.txt',
      id: this.#sourceId,
      identity: () =>
        this.#call(async () => {
          onLook()
          const identity = open.identity()
          const at = this.#world.time.now
          this.looks.push({ at, identity, bytesRead: this.#bytesRead, requests: this.#requests })
          return identity
        }),
      read: (into, position) =>
        this.#call(async () => {
          const count = open.read(into, position)
          this.#bytesRead += count
          return count
        }),
      close: () => this.#call(async () => {}),
    }
  }

  /** What the file is now, read once; its producer may die on the way, which is an error or looks like an end. */
  #stream(): StreamSource {
    const { file, plan, isCalm } = this.#world
    const bytes = file.current.slice()
    const isKnown = plan.variation.stream === 'known'
    const end = isCalm ? bytes.length : Math.floor(bytes.length * this.#variation.cutOff)
    let position = 0
    this.offered = bytes
    const read = async (into: Uint8Array) => {
      if (position >= end && end < bytes.length) {
        this.#world.count('incident cut-off')
        if (!isKnown || this.#dice.chance(0.5)) throw new Error('the producer died')
        return 0
      }
      const count = Math.min(into.length, end - position, this.#dice.whole(1, 4 * partSizeMin))
      into.set(bytes.subarray(position, position + count))
      position += count
      return count
    }
    return {
      name: 'stream',
      id: this.#sourceId,
      size: isKnown ? bytes.length : undefined,
      read: into => this.#call(() => read(into)),
      close: () => this.#call(async () => {}),
    }
  }

  #journals(place: string): JournalStore {
    const { watch } = this.#world
    const store = this.machine.disk.storeFor(this, {
      onAppend: (_, bytes) => watch.onRecords(this, decodeJournal(bytes).records, bytes),
      onSync: () => watch.onSync(this),
      onReplace: (_, bytes) => watch.onRecords(this, decodeJournal(bytes).records, bytes),
      onRemove: () => watch.onRemove(this),
    })
    const own = journalName(place, key, this.#sourceId)
    const shared = journalName(place, key, sourceId)
    const named = (name: string) => (name === own ? shared : name)
    return {
      location: store.location,
      open: name =>
        this.#call(async () => {
          const journal = await store.open(named(name))
          const { records, damaged } = decodeJournal(journal.contents)
          this.found = records
          this.foundDamage = damaged
          watch.onOpened(this)
          return this.#journal(journal)
        }),
      list: () => this.#call(() => store.list()),
      read: name => this.#call(() => store.read(named(name))),
    }
  }

  #journal(journal: Journal): Journal {
    return {
      contents: journal.contents,
      append: bytes => {
        const half = () => {
          const prefix = bytes.slice(0, this.#dice.whole(0, bytes.length - 1))
          journal.append(prefix).catch(() => {})
        }
        return this.#call(() => journal.append(bytes), half)
      },
      sync: () => this.#call(() => journal.sync()),
      replace: bytes => this.#call(() => journal.replace(bytes)),
      remove: () => this.#call(() => journal.remove()),
      close: () => this.#call(() => journal.close()),
    }
  }
}
