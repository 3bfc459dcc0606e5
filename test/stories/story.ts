// Plays one story: a file, a local OSS of its own, and the real command in processes.

import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bucket } from '../../src/runtimes/node/index.ts'
import { type LocalOss, serve } from '../../src/server/index.ts'
import { startProcess } from '../e2e/command.ts'
import { CommandRun, type Ended } from './command-run.ts'
import { contentOf } from './content.ts'
import { applyDamage, filesIn } from './damage.ts'
import { applyEdit, create, type Edit } from './edits.ts'
import { judgeCode, judgeObject, type Past, type Stored } from './judge.ts'
import { type Act, drawStory, type ProcessPlan } from './plan.ts'
import { WatchedFile } from './watched-file.ts'

/** What stories are played with. */
export interface Stage {
  /** The command: a path for Node.js. */
  readonly bin: string
  /** Of every process. */
  readonly env: Readonly<Record<string, string>>
}

export interface Outcome {
  readonly seed: number
  /** Violated promises; empty if the story is right. */
  readonly faults: readonly string[]
  readonly steps: readonly string[]
  /** How often each thing came up. */
  readonly tally: ReadonlyMap<string, number>
}

const bucketName = 'examplebucket'
const key = 'story/object'
/** Longer than the server takes for a request, with all faults of `server-faults.ts`. */
const arrivalMs = 200

export async function playStory(seed: number, stage: Stage): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-story-'))
  const oss = await serve({ buckets: [bucketName] })
  const story = new Story(folder, oss, stage)
  try {
    await story.play(seed)
  } catch (error) {
    story.faults.push(`the story itself failed: ${(error as Error).stack}`)
  } finally {
    await story.end()
    await oss.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const { faults, steps, tally } = story
  return { seed, faults, steps, tally }
}

class Story {
  readonly faults: string[] = []
  readonly steps: string[] = []
  readonly tally = new Map<string, number>()
  readonly #file: WatchedFile
  readonly #folder: string
  readonly #checkpoints: string
  readonly #oss: LocalOss
  readonly #bucket: Bucket
  readonly #stage: Stage
  readonly #begun = performance.now()
  #runs: CommandRun[] = []
  #edits: Promise<void> = Promise.resolve()
  #stored: Stored | undefined
  #isDamaged = false

  constructor(folder: string, oss: LocalOss, stage: Stage) {
    const { endpoint, region, key: credentials } = oss
    this.#oss = oss
    this.#folder = folder
    this.#stage = stage
    this.#checkpoints = join(folder, 'checkpoints')
    this.#bucket = new Bucket({ name: bucketName, region, endpoint, credentials })
    for (const name of ['source', 'home', 'temporary']) mkdirSync(join(folder, name))
    this.#file = new WatchedFile(join(folder, 'source', 'file'))
  }

  async play(seed: number): Promise<void> {
    const { size, contentSeed, acts, last } = drawStory(seed)
    create(this.#file, contentOf(size, contentSeed))
    this.#note(`a file of ${size} bytes`)
    for (const act of acts) {
      await this.#act(act)
      if (this.faults.length > 0) return
    }
    await this.#lastAct(last)
  }

  /** Ends what may still run. */
  async end(): Promise<void> {
    for (const run of this.#runs) run.strike('SIGKILL')
    await Promise.all(this.#runs.map(run => run.ended))
    await this.#edits
    this.#count('versions of the file', this.#file.versions.length)
  }

  async #act(act: Act): Promise<void> {
    if (act.damage !== undefined) {
      const done = applyDamage(this.#checkpoints, act.damage)
      if (done !== undefined) {
        this.#isDamaged = true
        this.#note(done)
        this.#count('damaged checkpoints')
      }
    }
    if (act.aborts) await this.#abortAll()
    for (const edit of act.edits) await this.#edit(edit)
    if (act.pauseMs > 0) await sleep(act.pauseMs)
    this.#oss.faults.set(act.faults)
    if (act.faults.length > 0) this.#note(`faults ${JSON.stringify(act.faults)}`)
    const [first = this.#unreachable(), ...others] = act.processes
    const lead = this.#start(first)
    for (const { at, edit } of act.meanwhile) lead.at(at, () => void this.#edit(edit))
    for (const plan of others) {
      if (plan.starts !== undefined) lead.at(plan.starts, () => void this.#start(plan))
    }
    await this.#judge(act.faults)
  }

  async #lastAct(plan: ProcessPlan): Promise<void> {
    if (this.#file.content === undefined) create(this.#file, contentOf(1000, 1))
    this.#note('the last run')
    this.#start(plan)
    const [ended] = await this.#judge([])
    if (ended?.code !== 0) {
      this.faults.push(`nothing disturbed it, and it ended with ${ended?.code}`)
    }
    if (this.faults.length === 0) await this.#judgeLeftovers()
  }

  /** Waits until nothing runs, and judges what the processes have come to. */
  async #judge(rules: Past['faults']): Promise<readonly Ended[]> {
    const ended = await this.#allEnded()
    await this.#edits
    // What a process had sent when it ended may still arrive.
    if (ended.some(({ code }) => code !== 0)) await sleep(arrivalMs)
    this.#oss.faults.set([])
    const after = await this.#lookAtObject()
    const past = { file: this.#file, ended, faults: rules, before: this.#stored, after }
    this.#stored = after
    for (const run of ended) {
      const fault = judgeCode(run, past)
      if (fault !== undefined) this.faults.push(fault)
    }
    const fault = judgeObject(past)
    if (fault !== undefined) this.faults.push(fault)
    return ended
  }

  async #judgeLeftovers(): Promise<void> {
    const left = await this.#unfinished()
    if (!this.#isDamaged && left > 0) this.faults.push(`${left} uploads are left after a success`)
    // A file below the threshold needs no checkpoint: its upload leaves empty ones and locks to the clean-up.
    const files = filesIn(this.#checkpoints).filter(name => {
      return name.endsWith('.journal') && statSync(join(this.#checkpoints, name)).size > 0
    })
    const others = this.#isDamaged ? ['--others', `oss://${bucketName}/story/`] : []
    const args = ['clean', '--older-than', '0s', '--checkpoint-dir', this.#checkpoints, ...others]
    const clean = startProcess([this.#stage.bin, ...args, '--json'], this.#env())
    const { code, stderr } = await clean.ended
    if (files.length > 0) this.faults.push(`a success left ${files.join(', ')}`)
    if (code !== 0) this.faults.push(`ossup clean ended with ${code}: ${stderr}`)
    const after = await this.#unfinished()
    if (after > 0) this.faults.push(`${after} uploads are left after ossup clean`)
    for (const place of ['checkpoints', 'home', 'temporary']) {
      const names = filesIn(join(this.#folder, place))
      if (names.length > 0) this.faults.push(`left in ${place}: ${names.join(', ')}`)
    }
  }

  #start(plan: ProcessPlan): CommandRun {
    const number = this.#runs.length + 1
    const args = [this.#stage.bin, 'upload', this.#file.path, `oss://${bucketName}/${key}`]
    const wanted = ['--metadata', `story=${plan.metadata}`, '--content-type', plan.contentType]
    const place = ['--checkpoint-dir', this.#checkpoints, '--json']
    const run = new CommandRun(plan, [...args, ...wanted, ...plan.flags, ...place], this.#env())
    this.#runs.push(run)
    this.#count('runs')
    const version = this.#file.versions.length
    this.#note(`run ${number} starts, version ${version}: ${[...wanted, ...plan.flags].join(' ')}`)
    run.ended.then(({ code, errorCode, blows, notes }) => {
      const struck = blows.length > 0 ? ` after ${blows.join(', ')}` : ''
      this.#note(`run ${number} ends with ${code ?? 'a signal'} ${errorCode ?? ''}${struck}`, notes)
      this.#count(code === null ? 'killed' : `exit code ${code}`)
      for (const blow of blows) this.#count(`blows: ${blow}`)
      for (const note of notes) this.#count(`events: ${note.split(' ', 1)[0]}`)
    })
    return run
  }

  /** Also those that start while others run. */
  async #allEnded(): Promise<readonly Ended[]> {
    const ended: Ended[] = []
    for (const run of this.#runs.slice()) ended.push(await run.ended)
    while (ended.length < this.#runs.length) {
      const run = this.#runs[ended.length]
      if (run !== undefined) ended.push(await run.ended)
    }
    const now = ended.slice(this.#judged)
    this.#judged = ended.length
    return now
  }
  #judged = 0

  /** One after the other: each is one of what the file was before it. */
  #edit(edit: Edit): Promise<void> {
    const edited = this.#edits.then(async () => {
      const from = this.#file.versions.length
      await applyEdit(this.#file, edit)
      const to = this.#file.versions.length
      const size = this.#file.content?.length
      this.#note(`version ${from} to ${to}, ${size ?? 'no'} bytes: ${edit.kind}`)
      this.#count('edits')
    })
    this.#edits = edited.catch((error: Error) => {
      this.faults.push(`the story itself failed: ${edit.kind}: ${error.stack}`)
    })
    return this.#edits
  }

  async #lookAtObject(): Promise<Stored | undefined> {
    const found = await this.#bucket.getObject({ key }).catch((error: { code?: string }) => {
      if (error.code === 'NoSuchKey') return undefined
      throw error
    })
    if (found === undefined) return undefined
    const bytes = Buffer.from(await found.body.bytes())
    return { bytes, metadata: found.metadata.story, contentType: found.contentType }
  }

  async #abortAll(): Promise<void> {
    const { uploads } = await this.#bucket.listMultipartUploads({})
    for (const { key, uploadId } of uploads) {
      await this.#bucket.abortMultipartUpload({ key, uploadId })
      this.#note('another program aborts the upload')
      this.#count('aborted by another program')
    }
  }

  async #unfinished(): Promise<number> {
    return (await this.#bucket.listMultipartUploads({})).uploads.length
  }

  #env(): Readonly<Record<string, string>> {
    const { endpoint, region, key: credentials } = this.#oss
    return {
      ...this.#stage.env,
      HOME: join(this.#folder, 'home'),
      TMPDIR: join(this.#folder, 'temporary'),
      OSS_ENDPOINT: endpoint,
      OSS_REGION: region,
      OSS_ACCESS_KEY_ID: credentials.accessKeyId,
      OSS_ACCESS_KEY_SECRET: credentials.accessKeySecret,
    }
  }

  #note(what: string, notes: readonly string[] = []): void {
    const ms = Math.round(performance.now() - this.#begun)
    this.steps.push(`${String(ms).padStart(5)} ms  ${what}`)
    for (const note of notes) this.steps.push(`            ${note}`)
  }

  #count(what: string, times = 1): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + times)
  }

  #unreachable(): never {
    throw new Error('An act has a process')
  }
}
