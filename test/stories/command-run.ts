// One process of the command: what it reports, when it is disturbed, and how it ends.

import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { parseLine } from '../../scripts/parse-line.mjs'
import { startProcess } from '../e2e/command.ts'
import type { Blow, Moment, ProcessPlan } from './plan.ts'

/** Longer than any undisturbed command takes, by far. */
const hangsAfterMs = 90_000

/** How a process ended. Moments are milliseconds of `performance.now()`. */
export interface Ended {
  readonly plan: ProcessPlan
  readonly startedAt: number
  readonly endedAt: number
  /** `null`: a signal ended it. */
  readonly code: number | null
  /** Of its last line, if that reports an error. */
  readonly errorCode: string | undefined
  /** Whether it had reported anything: before, it does not handle signals. */
  readonly hasBegun: boolean
  /** Signals that this story sent. */
  readonly blows: readonly Blow[]
  readonly isHung: boolean
  /** Events and errors in few words. */
  readonly notes: readonly string[]
}

interface Waiting {
  readonly event: string
  readonly delayMs: number
  readonly action: () => void
  left: number
}

export class CommandRun {
  readonly ended: Promise<Ended>
  readonly #running: ReturnType<typeof startProcess>
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #waiting = new Set<Waiting>()
  readonly #blows: Blow[] = []
  #isHung = false

  constructor(plan: ProcessPlan, args: readonly string[], env: Readonly<Record<string, string>>) {
    const startedAt = performance.now()
    const notes: string[] = []
    let errorCode: string | undefined
    let hasBegun = false
    this.#running = startProcess(args, env)
    const { child } = this.#running
    createInterface({ input: child.stdout! }).on('line', line => {
      const event: Readonly<Record<string, unknown>> = parseLine(line)
      const type = String(event.type)
      hasBegun = true
      if (type === 'error') errorCode = String(event.code)
      if (['resumed', 'round', 'retry', 'warning', 'waiting', 'error'].includes(type)) {
        notes.push(shortly(event))
      }
      if (type === 'result' && event.unchanged === true) notes.push('unchanged')
      this.#saw(type)
    })
    if (plan.blow !== undefined) {
      const { at, what } = plan.blow
      this.at(at, () => this.strike(what))
    }
    this.#after(hangsAfterMs, () => {
      this.#isHung = true
      child.kill('SIGKILL')
    })
    this.ended = this.#running.ended.then(({ code, stderr }) => {
      for (const timer of this.#timers) clearTimeout(timer)
      this.#waiting.clear()
      if (code === 1) notes.push(stderr)
      const [endedAt, blows, isHung] = [performance.now(), this.#blows, this.#isHung]
      return { plan, startedAt, endedAt, code, errorCode, hasBegun, blows, isHung, notes }
    })
  }

  /** Calls `action` at that moment, unless the process ends before. */
  at(moment: Moment, action: () => void): void {
    if ('afterMs' in moment) this.#after(moment.afterMs, action)
    else this.#waiting.add({ ...moment, left: moment.count, action })
  }

  strike(blow: Blow): void {
    this.#blows.push(blow)
    const { child } = this.#running
    if (blow !== 'a pause') child.kill(blow)
    else {
      child.kill('SIGSTOP')
      this.#after(400, () => child.kill('SIGCONT'))
    }
  }

  #saw(type: string): void {
    for (const one of this.#waiting) {
      if (one.event !== type || --one.left > 0) continue
      this.#waiting.delete(one)
      if (one.delayMs === 0) one.action()
      else this.#after(one.delayMs, one.action)
    }
  }

  #after(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }
}

function shortly(event: Readonly<Record<string, unknown>>): string {
  const { type, code, message, reason, parts, operation } = event
  const facts = [operation, code, reason, message, parts !== undefined && `${parts} parts`]
  return [type, ...facts.filter(fact => typeof fact === 'string')].join(' ').slice(0, 200)
}
