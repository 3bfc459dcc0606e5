// One process that runs the engine. All its ports count calls, so that a crash, or anything else, can be
// put at any await; once it is dead every port is silent for good, as if its code had stopped there.

import { Bucket } from '../../src/bucket.ts'
import { CredentialsError } from '../../src/errors.ts'
import { decodeJournal } from '../../src/journal/codec.ts'
import { journalName } from '../../src/journal/name.ts'
import type { JournalRecord } from '../../src/journal/record.ts'
import type { UploadOptions, UploadResult } from '../../src/options.ts'
import type { Journal, JournalStore, Ports, Source } from '../../src/ports.ts'
import { uploadFrom } from '../../src/resumable-upload.ts'
import { nodeHash } from '../../src/runtimes/node/hash.ts'
import type { Machine } from './machine.ts'
import type { Incident, RunOptions } from './plan.ts'
import { Dice } from './random.ts'
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
  /** Virtual moments at which it looked at the source. */
  readonly looks: number[] = []
  readonly stopper = new AbortController()
  readonly #world: World
  readonly #dice: Dice
  /**
   * The engine keeps a map of the uploads that run in its process. All simulated processes share it, real
   * ones do not: so each has a source id of its own, which the journal's name forgets again.
   */
  readonly #sourceId = `${sourceId} ${String(births++).padStart(12, '0')}`
  readonly #incidents: readonly { readonly at: number; readonly what: Incident }[]
  #end: (ending: Ending) => void = () => {}

  constructor(
    world: World,
    setting: {
      number: number
      machine: Machine
      options: RunOptions
      incidents: readonly { readonly at: number; readonly what: Incident }[]
    },
  ) {
    this.#world = world
    this.number = setting.number
    this.machine = setting.machine
    this.options = setting.options
    this.#incidents = setting.incidents
    this.#dice = new Dice(world.plan.seed, `process ${setting.number}`)
    this.startedAt = world.time.now
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  get name(): string {
    return `process ${this.number}`
  }

  /** Kills it: nothing it does from now on reaches anybody. */
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
      { ...ports, hash: nodeHash },
    )
    try {
      const store = this.#journals(bucket.place)
      const result = await uploadFrom(bucket, key, this.#open, this.#uploadOptions(), store)
      if (this.isAlive) this.#settle({ kind: 'stored', result })
    } catch (error) {
      if (this.isAlive) this.#settle({ kind: 'failed', error })
    }
  }

  #settle(ending: Ending): void {
    if (this.ending !== undefined) return
    this.ending = ending
    this.#world.watch.onEnding(this, ending)
    this.isAlive = false
    this.#end(ending)
  }

  #uploadOptions(): UploadOptions {
    const { checkpoint, metadata, bandwidth, ...options } = this.options
    return {
      ...options,
      ...(checkpoint ? {} : { checkpoint: false }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      metadata: { version: metadata },
      contentType: 'text/plain',
      signal: this.stopper.signal,
      onProgress: snapshot => this.#world.watch.onSnapshot(this, snapshot),
      onEvent: event => this.#world.watch.onEvent(this, event),
    }
  }

  /** A call of a port: the place where things happen to a process. */
  async #call<T>(effect: () => Promise<T>, half?: () => void): Promise<T> {
    if (!this.isAlive) return this.#world.silence()
    this.calls++
    const due = this.#incidents.filter(({ at }) => at === this.calls)
    const crash = due.find(({ what }) => what === 'kill' || what === 'power-cut')
    for (const { what } of due) if (what !== crash?.what) this.#world.happen(what, this)
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
        send: (request, options) => this.#call(() => transport.send(request, options)),
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

  readonly #open = (): Promise<Source> =>
    this.#call(async () => {
      const { file, time } = this.#world
      const open = file.open()
      return {
        name: 'file.txt',
        id: this.#sourceId,
        identity: () =>
          this.#call(async () => {
            this.looks.push(time.now)
            return open.identity()
          }),
        read: (into, position) => this.#call(async () => open.read(into, position)),
        close: () => this.#call(async () => {}),
      }
    })

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
