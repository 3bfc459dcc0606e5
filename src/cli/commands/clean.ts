import {
  abortUnfinishedUpload,
  type CheckpointInfo,
  CredentialsError,
  discardCheckpoint,
  isOssupError,
  listCheckpoints,
  listUnfinishedUploads,
  removeSpoolFile,
  type SpoolFile,
  tidyCheckpoints,
} from '../../runtimes/node/index.ts'
import { type Address, formatAddress, parseAddress } from '../args/address.ts'
import { checkpointFlags, checkpointPlace } from '../args/checkpoint-flags.ts'
import { command, type Shell } from '../args/command.ts'
import { duration, path, text, toggle } from '../args/flags.ts'
import { withFlags } from '../args/option-flags.ts'
import { pickCheckpoint } from '../args/pick-checkpoint.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, bucketOfCheckpoint, commonFlags } from '../connect/connection.ts'
import { codeAndMessage, reportOne } from '../errors/failure.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import { formatCount, formatDuration, formatMoment } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { ageText, ownerText, sourceText, unreadableText } from '../view/checkpoint-text.ts'
import { counted } from '../view/progress-line.ts'
import { spoolName } from '../view/spool-text.ts'
import { idsOf, orphansIn } from './status.ts'

const defaultAgeMs = 7 * 86_400_000

export const clean = command({
  usage: ['clean', 'clean <id>...', 'clean --others oss://bucket/prefix'],
  examples: [
    ['ossup clean --dry-run', 'show what would be removed'],
    ['ossup clean', 'remove uploads that have not moved for 7 days'],
    ['ossup clean 3f2a91', 'remove this one'],
    [
      'ossup clean --others oss://examplebucket/backup/',
      'also uploads that were started elsewhere',
    ],
  ],
  details: [
    'Aborts uploads at OSS and removes their checkpoints. Without ids: those whose checkpoint has not changed for --older-than, and at any age what finished or discarded uploads left at OSS. With ids, as ossup status shows them: these alone, at any age. A unique prefix of an id is enough.',
    'A running upload is left alone. Uploads without a checkpoint here are only touched with --others, below the prefix that it names. There is no confirmation: try --dry-run first.',
    'A spool file is removed with its checkpoint. --spool-dir also removes files in that folder that no checkpoint here uses. If you keep checkpoints in several folders, name each spool folder with its own checkpoint folder.',
  ],
  positionals: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: {
    'older-than': duration('<7d|12h|30m>', 'minimum age of the last change; default: 7d'),
    'dry-run': toggle('show what would be removed', 'n'),
    others: text('<oss://bucket/prefix>', 'also uploads without a checkpoint here, by their start'),
    'spool-dir': path('<dir>', 'also unused files in this spool folder'),
    ...checkpointFlags,
    ...commonFlags,
  },
  async run({ positionals: ids, flags }, shell) {
    if (ids.length > 0) refuseAmongIds(flags)
    const others = flags.others === undefined ? undefined : parsePrefix(flags.others)
    const place = checkpointPlace(flags)
    const list = await listCheckpoints(place)
    // All ids are resolved before the first upload is discarded, so a wrong id changes nothing.
    const named = [...new Set(ids.map(id => pickCheckpoint(list, id)))]
    const { checkpoints, unreadable } =
      ids.length > 0 ? { checkpoints: named, unreadable: [] } : list
    const cleaner = new Cleaner(shell, {
      dryRun: flags['dry-run'],
      ageMs: ids.length > 0 ? 0 : (flags['older-than'] ?? defaultAgeMs),
    })
    const { screen, signal } = shell
    const tidily = { signal, offlineTimeoutMs: 0 }
    for (const info of checkpoints) {
      await cleaner.checkpoint(info, async () => {
        const bucket = await bucketOfCheckpoint(info, flags, shell)
        return discardCheckpoint(bucket, info.id, { ...place, ...tidily })
      })
    }
    if (!flags['dry-run']) await tidyCheckpoints(place)
    for (const one of unreadable) {
      const fields = { id: one.id, ...codeAndMessage(one.error) }
      screen.report('unreadable', fields, `left: ${unreadableText(one)}`)
    }
    for (const file of await orphansIn(flags['spool-dir'], list.checkpoints))
      await cleaner.spoolFile(file)
    if (others !== undefined) {
      const bucket = await bucketOf(others.bucket, flags, shell)
      const known = idsOf(checkpoints)
      for await (const upload of listUnfinishedUploads(bucket, others.key, tidily)) {
        if (known.has(upload.uploadId)) continue
        // The upload started at a time of OSS's clock, so its age is measured by that clock.
        const now = bucket.now()
        await cleaner.upload({ bucket: others.bucket, ...upload }, now, () =>
          abortUnfinishedUpload(bucket, upload, tidily),
        )
      }
    }
    cleaner.sum(unreadable.length)
  },
})

/** An id names one upload, so flags that select uploads contradict it. */
function refuseAmongIds(
  flags: Readonly<Record<'older-than' | 'others' | 'spool-dir', unknown>>,
): void {
  const name = (['older-than', 'others', 'spool-dir'] as const).find(
    flag => flags[flag] !== undefined,
  )
  if (name === undefined) return
  throw new UsageError(
    `clean: an id and --${name} contradict each other`,
    'Write ossup clean <id>, or leave the ids out.',
  )
}

/** Uploads without a checkpoint need a prefix, so that a typing mistake cannot affect a whole bucket. */
function parsePrefix(given: string): Address {
  const address = parseAddress(given, 'oss://bucket/prefix')
  if (address.key !== '') return address
  throw new UsageError(`--others is '${given}'`, 'Name a prefix: oss://bucket/prefix.')
}

/** Removes or reports each upload, and counts them. */
class Cleaner {
  readonly #screen: Shell['screen']
  readonly #signal: AbortSignal
  readonly #dryRun: boolean
  readonly #ageMs: number
  readonly #counts = { cleaned: 0, aborted: 0, spoolFiles: 0, younger: 0, running: 0, failed: 0 }

  constructor({ screen, signal }: Shell, { dryRun, ageMs }: { dryRun: boolean; ageMs: number }) {
    this.#screen = screen
    this.#signal = signal
    this.#dryRun = dryRun
    this.#ageMs = ageMs
  }

  /** Handles an upload that has a checkpoint. A finished or discarded one is removed at any age. */
  async checkpoint(info: CheckpointInfo, discard: () => Promise<unknown>): Promise<void> {
    const { id, bucket, key, source, sourceKind, uploadId, updatedAt, state, owner } = info
    const fields = { id, bucket, key, source, sourceKind, uploadId, updatedAt, state }
    const where = formatAddress(info)
    if (owner?.isCertain) return this.#skip({ ...fields, owner }, `${where}: ${ownerText(owner)}`)
    if (state !== 'cleanup' && Date.now() - updatedAt < this.#ageMs) {
      this.#counts.younger += 1
      return
    }
    const what = `${where} from ${sourceText(info)}, last change ${ageText(info, Date.now())}`
    await this.#do('cleaned', fields, { what, verb: ['remove', 'removed'] }, discard)
  }

  /** Handles an upload that only the bucket knows. @param now by OSS's clock */
  async upload(
    upload: Address & { readonly uploadId: string; readonly initiatedAt: number },
    now: number,
    abort: () => Promise<unknown>,
  ): Promise<void> {
    if (now - upload.initiatedAt < this.#ageMs) {
      this.#counts.younger += 1
      return
    }
    const begun = `started elsewhere ${formatMoment(upload.initiatedAt)}`
    const what = `${formatAddress(upload)}, ${begun}, upload id ${upload.uploadId}`
    await this.#do('aborted', upload, { what, verb: ['abort', 'aborted'] }, abort)
  }

  /** Handles a spool file that no checkpoint uses. */
  async spoolFile(file: SpoolFile): Promise<void> {
    const { owner, updatedAt } = file
    const what = spoolName(file, Date.now())
    if (owner?.isCertain) return this.#skip(file, `${what}: ${ownerText(owner)}`)
    if (Date.now() - updatedAt < this.#ageMs) {
      this.#counts.younger += 1
      return
    }
    await this.#do('spoolFiles', file, { what, verb: ['remove', 'removed'] }, () =>
      removeSpoolFile(file.path),
    )
  }

  /** Prints the totals. @throws {SomeFailed} */
  sum(unreadable: number): void {
    const { cleaned, aborted, spoolFiles, younger, running, failed } = this.#counts
    const [would, wouldAbort, wouldRemove] = this.#dryRun ? toDo : done
    const isNothing = Object.values({ ...this.#counts, unreadable }).every(count => count === 0)
    const text = [
      isNothing ? 'Nothing to clean' : `${counted(cleaned, 'upload')} ${would}`,
      ...(aborted > 0 ? [`${formatCount(aborted)} without a checkpoint here ${wouldAbort}`] : []),
      ...(spoolFiles > 0 ? [`${counted(spoolFiles, 'spool file')} ${wouldRemove}`] : []),
      ...(younger > 0
        ? [`${formatCount(younger)} younger than ${formatDuration(this.#ageMs)}`]
        : []),
      ...(running > 0 ? [`${formatCount(running)} running`] : []),
      ...(unreadable > 0 ? [`${formatCount(unreadable)} unreadable`] : []),
      ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ].join(', ')
    const counts = { ...this.#counts, unreadable }
    if (failed > 0) throw new SomeFailed(`${text}. Failed ones are kept; clean again later`, counts)
    this.#screen.outcome({ ...counts, dryRun: this.#dryRun }, text)
  }

  async #do(
    type: 'cleaned' | 'aborted' | 'spoolFiles',
    fields: object,
    { what, verb: [todo, past] }: { what: string; verb: readonly [todo: string, past: string] },
    action: () => Promise<unknown>,
  ): Promise<void> {
    try {
      if (!this.#dryRun) await action()
      this.#counts[type] += 1
      const text = this.#dryRun ? `would ${todo} ${what}` : `${past} ${what}`
      this.#screen.report(
        type === 'spoolFiles' ? 'spool-file' : type,
        { ...fields, dryRun: this.#dryRun },
        text,
      )
    } catch (error) {
      // After a stop or without credentials, no other removal can succeed.
      if (this.#signal.aborted || error instanceof CredentialsError) throw error
      if (isOssupError(error) && error.code === 'UPLOAD_BUSY') {
        return this.#skip(fields, `${what}: ${printableLine(withFlags(error))}`)
      }
      this.#counts.failed += 1
      reportOne(error, { text: what, fields }, this.#screen)
    }
  }

  #skip(fields: object, text: string): void {
    this.#counts.running += 1
    this.#screen.report('running', fields, `left ${text}`)
  }
}

const done = ['removed', 'aborted', 'removed'] as const
const toDo = ['to remove', 'to abort', 'to remove'] as const
