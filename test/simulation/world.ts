// Everything that exists in one story, and what can happen to it from outside.

import { allCheckers } from './checkers/index.ts'
import { Machine } from './machine.ts'
import type { FaultRate, Incident, Plan, PlannedRun, RunOptions } from './plan.ts'
import { SimulatedProcess } from './process.ts'
import { Dice } from './random.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedFile } from './simulated-file.ts'
import { type Sent, SimulatedNetwork } from './simulated-network.ts'
import { SimulatedOss } from './simulated-oss.ts'
import { narrate } from './story.ts'
import { Trace } from './trace.ts'
import { plainRun } from './variation.ts'
import { VirtualTime } from './virtual-time.ts'
import { Watch } from './watch.ts'

export interface Violation {
  /** The rule that was broken, by the number of the contract where it has one. */
  readonly rule: string
  readonly what: string
}

export class World {
  readonly plan: Plan
  readonly time = new VirtualTime()
  readonly trace: Trace
  readonly watch = new Watch()
  readonly oss: SimulatedOss
  readonly network: SimulatedNetwork
  readonly file: SimulatedFile
  readonly here: Machine
  readonly elsewhere: Machine
  /** Where the file is written: its stamps are of that machine's clock. */
  writer: Machine
  readonly processes: SimulatedProcess[] = []
  /** What oss2 has left of the upload, and not yet lost. */
  oss2: { readonly uploadId: string; readonly partSize: number } | undefined
  /** The bodies of requests, as far as they left. */
  readonly bodies = new WeakMap<Sent, Uint8Array>()
  readonly violations: Violation[] = []
  /** How often each thing happened. */
  readonly tally = new Map<string, number>()
  /** Faults and incidents are over. */
  isCalm = false
  readonly #dice: Dice
  /** What dead processes wait for. */
  readonly #silent: ((error: Error) => void)[] = []
  #isOver = false

  constructor(plan: Plan, options: { keepsTrace: boolean }) {
    const { seed, lock } = plan
    this.plan = plan
    this.#dice = new Dice(seed, 'world')
    this.trace = new Trace(() => this.time.now, options.keepsTrace)
    const disk = (name: string) => new SimulatedDisk(new Dice(seed, name), lock)
    this.here = new Machine(this.time, disk('disk'), plan.clockOffsetMs)
    this.elsewhere = new Machine(this.time, disk('other disk'), 0)
    this.writer = this.here
    this.file = new SimulatedFile({
      ...plan,
      dice: new Dice(seed, 'file'),
      now: () => this.time.now,
      wallClock: () => this.writer.wallClock(),
    })
    this.oss = new SimulatedOss(plan, this.time, {
      onStored: event => this.watch.onStored(event),
      onError: error => this.violate('server', `the server failed: ${String(error)}`),
    })
    this.network = new SimulatedNetwork({
      ...plan,
      time: this.time,
      dice: new Dice(seed, 'network'),
      handler: this.oss.handler,
      events: {
        onSend: sent => this.watch.onSend(sent),
        onSettled: sent => this.watch.onSettled(sent),
        onFault: fault => this.count(`fault ${fault}`),
        onBody: (sent, bytes) => this.bodies.set(sent, bytes),
      },
    })
    this.watch.checkers.push(narrate(this), ...allCheckers.map(make => make(this)))
  }

  violate(rule: string, what: string): void {
    this.violations.push({ rule, what })
    this.trace.note('VIOLATION', `${rule}: ${what}`)
  }

  count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1)
  }

  /** What a port of a dead process answers: nothing, as long as the story lasts. */
  silence<T>(): Promise<T> {
    if (this.#isOver) return Promise.reject(new Error('The story is over'))
    return new Promise((_, reject) => {
      this.#silent.push(reject)
    })
  }

  /** After the end: lets what dead processes still hold in memory go. */
  bury(): void {
    this.#isOver = true
    for (const process of this.processes) process.crash()
    for (const reject of this.#silent) reject(new Error('The story is over'))
  }

  process(number: number): SimulatedProcess {
    const process = this.processes[number]
    if (process === undefined) throw new RangeError(`There is no process ${number}`)
    return process
  }

  start(
    machine: Machine,
    options: RunOptions,
    { incidents, variation }: Pick<PlannedRun, 'incidents' | 'variation'> = {
      incidents: [],
      variation: plainRun,
    },
  ): SimulatedProcess {
    const number = this.processes.length
    this.trace.note(`process ${number}`, `starts: ${JSON.stringify(options)}`)
    const process = new SimulatedProcess(this, { number, machine, options, incidents, variation })
    this.processes.push(process)
    void process.run()
    return process
  }

  /** A person deletes the checkpoints of a machine without a running process. */
  forget(machine: Machine): void {
    if (this.processes.some(process => process.isAlive && process.machine === machine)) return
    for (const name of machine.disk.names()) {
      this.count('checkpoint lost')
      this.trace.note('world', 'a checkpoint is deleted')
      this.watch.onForgotten(machine.disk.contents(name))
      machine.disk.discard(name)
    }
  }

  /** Something happens, at a call that `process` makes of a port. */
  happen(what: Incident, process: SimulatedProcess): void {
    if (this.isCalm) return
    this.count(`incident ${what}`)
    const detail = this.#happen(what, process)
    this.trace.note('world', detail === '' ? what : `${what}: ${detail}`)
  }

  #happen(what: Incident, process: SimulatedProcess): string {
    const dice = this.#dice
    const { machine } = process
    switch (what) {
      case 'kill':
        process.crash()
        return process.name
      case 'power-cut':
        for (const other of this.processes) if (other.machine === machine) other.crash()
        machine.disk.cutPower()
        return process.name
      case 'stop':
        process.stopper.abort(new Error('stopped by the user'))
        return process.name
      case 'edit':
        return this.file.edit()
      case 'delete-source':
        this.file.remove()
        this.time.after(dice.log(10, 3_600_000), () => this.file.restore())
        return ''
      case 'other-writer':
        void this.oss.overwrite()
        return ''
      case 'equal-writer':
        void this.oss.overwrite(this.file.current.slice())
        return ''
      case 'others-upload':
        void this.oss.beginOthers()
        return ''
      case 'waiter-leaves':
        return process.leave()
      case 'abort-by-other':
        void this.oss.abortAll()
        return ''
      case 'second-owner': {
        const place = this.plan.elsewhere ? this.elsewhere : machine
        this.start(place, process.options)
        return this.plan.elsewhere ? 'on another machine' : 'on the same machine'
      }
      case 'clock-jump':
        machine.offset += Math.round(dice.log(1000, 172_800_000)) * dice.pick([-1, 1])
        return `now ${machine.offset} ms ahead`
      case 'offline':
        this.network.offlineUntil = this.time.now + Math.round(dice.log(100, 2_000_000))
        return `until ${this.network.offlineUntil}`
      case 'disk-full':
        machine.disk.isFull = true
        this.time.after(dice.log(10, 100_000), () => {
          machine.disk.isFull = false
        })
        return ''
      case 'disk-error':
        machine.disk.isFailing = true
        this.time.after(dice.log(10, 100_000), () => {
          machine.disk.isFailing = false
        })
        return ''
    }
  }

  /** From now on nothing goes wrong any more. What the plan denies stays denied. */
  calm(): void {
    this.isCalm = true
    this.network.isCalm = true
    this.network.offlineUntil = 0
    this.file.restore()
    for (const { disk } of [this.here, this.elsewhere]) {
      disk.isFull = false
      disk.isFailing = false
    }
    this.trace.note('world', 'the faults are over')
  }
}

/** The faults of a plan in one line, for the trace. */
export function describeFaults(faults: readonly FaultRate[]): string {
  return faults
    .map(({ fault, rate, operations }) => {
      const where = operations.length === 1 ? ` of ${operations[0]}` : ''
      return `${fault}${where} ${(rate * 100).toFixed(0)} %`
    })
    .join(', ')
}
