// Uploads of many files and folders: finds the files, decides their keys, and reads the facts of earlier runs.

import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type BatchOptions, type BatchResult, batchRules } from '../../batch/batch-options.ts'
import type { Found } from '../../batch/found.ts'
import type { KnownObjects } from '../../batch/known-objects.ts'
import { mergeFound } from '../../batch/merge-found.ts'
import { runBatch } from '../../batch/run-batch.ts'
import { type Globs, type Selection, selectionOf } from '../../batch/selection.ts'
import type { Bucket } from '../../bucket/bucket.ts'
import { checkBucket } from '../../bucket/check-bucket.ts'
import { OptionError } from '../../errors.ts'
import { isUrl } from '../../foreign/web.ts'
import { sha256Hex } from '../../hash/sha256.ts'
import { foreignUploadOptions } from '../../options/foreign-names.ts'
import { compareKeys } from '../../oss/key-order.ts'
import { validateKey } from '../../oss/names.ts'
import { shown } from '../../text/shown.ts'
import { checkArgument, checkOptions, type RulesOf } from '../../validation/check-options.ts'
import { Misfit, type Rule, rule } from '../../validation/rule.ts'
import { anyString, filledString, listOf, oneOrMore, trueOrFalse } from '../../validation/rules.ts'
import { chosenStore } from '../api.ts'
import { checkpointFolder, oss2Roots, trustOf } from './checkpoint-folder.ts'
import { FileSystems } from './files/file-system.ts'
import { foundFile } from './files/found-file.ts'
import { listedFiles, pathsInFolder } from './files/listed.ts'
import { pathOf } from './files/open-source.ts'
import { realPathOf } from './files/real-path.ts'
import { sourceFault } from './files/source-fault.ts'
import { kindOf, type WalkOptions, walk } from './files/walk.ts'
import { nothingKnown, openKnownObjects } from './journal/known-objects-file.ts'
import { findOss2Record } from './journal/oss2-record.ts'
import { node } from './node-runtime.ts'
import type { Trust } from './platform/trusted-file.ts'
import { nodeRules } from './upload-options.ts'

/** Options of an upload of many files. */
export interface UploadFilesOptions extends BatchOptions, Globs {
  /**
   * The folder of the checkpoint files. It is created when it is first needed. Facts about stored objects are
   * kept in it, too.
   * @default `~/.ossup/checkpoints`
   */
  checkpointDir?: string
  /** Also trusts files that another user may have written, as for a single upload. @default false */
  trustCheckpointDir?: boolean
  /**
   * Uploads only files that match one of these globs. A glob is compared with the path below the folder, with
   * `/`. A glob without a slash is compared with the file's name, at any depth.
   * @default all files
   */
  include?: string | readonly string[]
  /** Skips files that match one of these globs, and everything in folders that match. @default none */
  exclude?: string | readonly string[]
  /**
   * Uploads only these files of the source folder, without searching for others: paths below it, or absolute
   * paths in it. There must be exactly one source. A file that does not exist fails by itself; a folder is
   * skipped.
   * @default all files
   */
  filesFrom?: readonly string[]
  /** Follows links. Otherwise links are skipped. @default false */
  followLinks?: boolean
  /**
   * Paths of files and folders to skip wherever they are found, such as a file that the caller writes during
   * the upload. The folder of the checkpoints is always skipped.
   * @default none
   */
  leaveOut?: readonly string[]
}

const globs = oneOrMore(
  rule('a glob such as *.jpg, logs/** or node_modules, or a list of globs', isGlob),
)

/** The rules for each option. */
const uploadFilesRules = {
  ...batchRules,
  checkpointDir: nodeRules.checkpointDir,
  trustCheckpointDir: nodeRules.trustCheckpointDir,
  include: globs,
  exclude: globs,
  followLinks: trueOrFalse,
  filesFrom: listOf(anyString),
  leaveOut: listOf(filledString),
} satisfies RulesOf<UploadFilesOptions>

function isGlob(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** @param sources paths of files and folders; see `uploadFiles` in the public interface */
export async function uploadAll(
  bucket: Bucket,
  prefix: string,
  sources: string | URL | readonly (string | URL)[],
  given: UploadFilesOptions,
): Promise<BatchResult> {
  checkBucket(bucket)
  const options = checkOptions(uploadFilesRules, given, {
    name: 'options',
    foreign: foreignUploadOptions,
  })
  const {
    include,
    exclude,
    filesFrom,
    followLinks = false,
    leaveOut = [],
    checkpointDir: _folder,
    trustCheckpointDir: _trust,
    ...batch
  } = options
  checkArgument('prefix', prefix, keyPrefix)
  const selection = selectionOf({
    ...(include !== undefined && { include }),
    ...(exclude !== undefined && { exclude }),
  })
  const all = typeof sources === 'string' || isUrl(sources) ? [sources] : sources
  if (!Array.isArray(all)) {
    throw new OptionError('INVALID_SOURCE', `The sources are ${shown(sources)}`, {
      hint: 'Allowed: a list of paths of files and folders',
    })
  }
  const paths = all.map(source => pathOf(source))
  const store = chosenStore(node, options, 'upload')
  // Facts about stored objects are kept only beside checkpoints in a folder.
  const folder = options.checkpoint === undefined ? checkpointFolder(options) : undefined
  const systems = new FileSystems()
  // Checked before any request, so that a mistyped name is not reported after an hour.
  const own = folder === undefined ? leaveOut : [...leaveOut, folder]
  const means = {
    prefix,
    selection,
    followLinks,
    leftOut: await Promise.all(own.map(realPathOf)),
    systems,
  }
  const walks =
    filesFrom === undefined ? await walksOf(paths, means) : listedIn(paths, filesFrom, means)
  return runBatch({
    bucket,
    prefix,
    found: mergeFound(walks),
    checkpoint: store,
    known: await knownObjects(bucket, prefix, paths, folder, trustOf(options)),
    options: batch,
    findEarlier: (key, path) => findOss2Record(oss2Roots(options), bucket.name, key, path),
  })
}

/** A prefix that no key can have would make each file fail. */
const keyPrefix: Rule<string> = {
  allowed: "'' for the whole bucket, or a string that ends in /",
  read(value) {
    if (value === '') return value
    if (typeof value !== 'string' || !value.endsWith('/')) throw new Misfit()
    validateKey(`${value}x`)
    return value
  },
}

/**
 * Creates one walk for each folder, and one for all single files.
 * @throws {SourceError} if a source that the globs select does not exist
 */
async function walksOf(
  paths: readonly string[],
  options: Parameters<typeof walk>[1] & { readonly selection: Selection },
): Promise<AsyncIterable<Found>[]> {
  const { prefix, selection, systems } = options
  const walks: AsyncIterable<Found>[] = []
  const others: Found[] = []
  for (const path of paths) {
    const name = basename(path)
    const isWanted = selection.hasFile(name)
    const stats = await stat(path, { bigint: true }).catch(error => {
      // A source that the globs exclude is never opened, so it may be unreadable.
      if (isWanted) throw sourceFault(error, path)
      return undefined
    })
    if (stats?.isDirectory()) walks.push(walk(path, options))
    else if (stats !== undefined && isWanted) {
      const kind = kindOf(stats)
      const key = prefix + name
      others.push(
        kind === 'file'
          ? foundFile(path, key, stats, await systems.of(path, stats.dev), systems)
          : { kind: 'other', path, key, reason: kind },
      )
    }
  }
  others.sort((a, b) => compareKeys(a.key, b.key))
  return others.length === 0 ? walks : [...walks, inTurn(others)]
}

/** @throws {OptionError} `INVALID_FILES_FROM` */
function listedIn(
  paths: readonly string[],
  filesFrom: readonly string[],
  options: WalkOptions,
): AsyncIterable<Found>[] {
  const [folder] = paths
  if (folder === undefined || paths.length > 1 || !Array.isArray(filesFrom)) {
    throw new OptionError(
      'INVALID_FILES_FROM',
      `filesFrom is for one folder, not ${paths.length}`,
      {
        hint: 'Allowed: a list of paths of files in the folder that is the only source',
      },
    )
  }
  return [listedFiles(folder, [...pathsInFolder(folder, filesFrom)].sort(compareKeys), options)]
}

async function* inTurn(found: readonly Found[]): AsyncGenerator<Found> {
  yield* found
}

async function knownObjects(
  { place }: Bucket,
  prefix: string,
  paths: readonly string[],
  folder: string | undefined,
  trust: Trust,
): Promise<KnownObjects> {
  if (folder === undefined) return nothingKnown
  const name = sha256Hex(JSON.stringify([place, prefix, ...paths.map(path => resolve(path))]))
  return openKnownObjects(join(folder, 'stored', name.slice(0, 40)), trust)
}
