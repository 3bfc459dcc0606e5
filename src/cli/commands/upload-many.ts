// `ossup upload` of a folder or of several files: one batch with one total.

import { statSync } from 'node:fs'
import {
  BatchError,
  type BatchResult,
  type Bucket,
  type FileOutcome,
  SourceError,
  type UploadFilesOptions,
  uploadFiles,
} from '../../runtimes/node/index.ts'
import type { Shell } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { type FlagValues, grouped, path, texts, toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { readFileList } from '../connect/file-list.ts'
import { exitCodeOf } from '../errors/exit-codes.ts'
import { failureFields } from '../errors/failure.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import { BatchView } from '../view/batch-view.ts'
import { Ledger } from '../view/ledger.ts'

export const manyFlags = grouped('Many files', {
  include: texts('<glob>', 'only files that match, by their path below the folder'),
  exclude: texts('<glob>', 'nothing that matches, and nothing in a folder that matches'),
  'files-from': path(
    '<file|->',
    'only files of the folder (default: the current one) that this list names, one per line or separated by NUL',
  ),
  'follow-links': toggle('upload what links lead to; default: skip links'),
  'dry-run': toggle('show what would be uploaded', 'n'),
  ledger: path('<file>', 'append the outcome of each file to this log, one JSON object per line'),
  verbose: toggle('a line for each file', 'v'),
})

type ManyFlags = FlagValues<typeof manyFlags>

/** True for a folder, several files or a list of files; false for a single file. */
export function isMany(sources: readonly string[], flags: ManyFlags): boolean {
  const [first = ''] = sources
  if (flags['files-from'] !== undefined) {
    if (sources.length === 1 && isDirectory(first)) return true
    throw new UsageError(
      `--files-from is for one folder, not ${sources.join(', ')}`,
      'Name the folder that holds the files of the list, or none for the current one.',
    )
  }
  if (sources.length > 1) {
    if (!sources.includes('-')) return true
    throw new UsageError('standard input cannot be one of several sources', 'Upload - by itself.')
  }
  if (first !== '-' && isDirectory(first)) return true
  const { include, exclude, ledger } = flags
  const given = [
    ...(include.length > 0 ? ['--include'] : []),
    ...(exclude.length > 0 ? ['--exclude'] : []),
    ...(ledger !== undefined ? ['--ledger'] : []),
    ...(['follow-links', 'dry-run', 'verbose'] as const)
      .filter(name => flags[name])
      .map(name => `--${name}`),
  ]
  if (given.length === 0) return false
  throw new UsageError(
    `${given[0]} is for a folder or several files`,
    'Leave it out, or name a folder.',
  )
}

/** Refuses a target without a final slash: it names one object, and many files need a prefix. */
export function checkPrefix(prefix: string, sources: readonly string[], target: string): void {
  if (prefix === '' || prefix.endsWith('/')) return
  if (sources.length > 1) {
    throw new UsageError(
      `several files cannot become the one object '${target}'`,
      `Write ${target}/ to put them below that prefix.`,
    )
  }
  throw new SourceError(
    'SOURCE_NOT_A_FILE',
    `${sources[0]} is a directory, which cannot become the one object '${target}'`,
    { hint: `Write ${target}/ to put its contents below that prefix` },
  )
}

interface Request {
  readonly sources: readonly string[]
  readonly bucket: Bucket
  readonly prefix: string
  readonly flags: ManyFlags & {
    readonly 'expected-size': number | undefined
    readonly resend: boolean
  }
  readonly options: UploadFilesOptions
}

export async function uploadMany(request: Request, shell: Shell): Promise<void> {
  const { screen, signal } = shell
  const { sources, bucket, prefix, flags, options } = request
  if (flags['expected-size'] !== undefined) {
    throw new UsageError('--expected-size is for standard input', 'Leave it out.')
  }
  const dryRun = flags['dry-run']
  const list = flags['files-from']
  const filesFrom = list === undefined ? undefined : await readFileList(list, shell.stdin)
  const subject = { sources, bucket: bucket.name, prefix, dryRun }
  const stop = new AbortController()
  const ledger = flags.ledger === undefined ? undefined : new Ledger(flags.ledger, stop)
  const view = new BatchView(screen, subject, flags.verbose)
  const tally = new Tally()
  ledger?.write('begin', subject)
  try {
    const result = await uploadFiles(bucket, prefix, sources, {
      ...options,
      ...defined({
        include: flags.include,
        exclude: flags.exclude,
        filesFrom,
        followLinks: flags['follow-links'],
        skipUnchanged: !flags.resend,
        dryRun,
        leaveOut: flags.ledger === undefined ? undefined : [flags.ledger],
      }),
      signal: AbortSignal.any([signal, stop.signal]),
      onFile(outcome) {
        tally.add(outcome)
        view.file(outcome)
        ledger?.file(bucket.name, outcome)
      },
      onProgress: snapshot => view.progress(snapshot),
      onEvent: event => view.event(event),
    })
    ledger?.end('result', { bucket: bucket.name, prefix, dryRun, ...result })
    view.done(result)
  } catch (error) {
    view.ended(signal.aborted && error === signal.reason)
    const reason =
      error instanceof BatchError ? (tally.soleReason(error.result) ?? someFailed(error)) : error
    const counts = error instanceof BatchError ? error.result : {}
    ledger?.end('error', { ...counts, ...failureFields(reason), exitCode: exitCodeOf(reason) })
    throw reason
  }
}

/** Finds out whether all files failed for the same reason. */
class Tally {
  readonly #reasons = new Map<number, Error>()

  add(outcome: FileOutcome): void {
    if (outcome.outcome !== 'failed') return
    const code = exitCodeOf(outcome.error)
    if (!this.#reasons.has(code)) this.#reasons.set(code, outcome.error)
  }

  /** The error of all files, if every file failed for the same reason. */
  soleReason({ uploaded, unchanged, planned }: BatchResult): Error | undefined {
    if (uploaded + unchanged + planned > 0 || this.#reasons.size !== 1) return undefined
    return [...this.#reasons.values()][0]
  }
}

function someFailed({ message, result }: BatchError): SomeFailed {
  return new SomeFailed(message, { ...result })
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // Opening the file reports the reason.
    return false
  }
}
