// The public functions that every runtime shares. A runtime's index.ts passes its own part (runtime.ts)
// as the first argument and exports the rest under the same names.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import {
  type CheckpointList,
  listCheckpoints as listAll,
  readCheckpoint,
} from '../checkpoints/checkpoints.ts'
import {
  discardCheckpoint as discardById,
  discardUpload as discardByName,
  type TidyOptions,
  tidyRules,
} from '../checkpoints/discard-checkpoint.ts'
import {
  type ResumeOptions,
  resumeCheckpoint as resumeById,
  resumeRules,
} from '../checkpoints/resume-checkpoint.ts'
import { isOssupError, OptionError, SourceError } from '../errors.ts'
import { foreignUploadOptions } from '../options/foreign-names.ts'
import { type UploadOptions, type UploadResult, uploadRules } from '../options/upload-options.ts'
import { validateKey } from '../oss/names.ts'
import type { JournalStore, Source, StreamSource } from '../ports.ts'
import { sourceKindOf } from '../source/source-kind.ts'
import { uploadFrom } from '../upload/resumable-upload.ts'
import {
  checkArgument,
  checkOptions,
  type Rules,
  type RulesOf,
} from '../validation/check-options.ts'
import { rule } from '../validation/rule.ts'
import type { Destination, Opened, Runtime } from './runtime.ts'

const checkpointId = rule(
  'an id that listCheckpoints gives',
  (value): value is string => typeof value === 'string' && /^[a-z0-9.-]{1,100}$/.test(value),
)

/** Where checkpoints are kept. Every runtime has these options. */
export interface StoreChoice {
  checkpoint?: JournalStore | false | undefined
}

/** Uploads a source; see `resumableUpload` of a runtime. */
export function resumableUpload<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  bucket: Bucket,
  key: string,
  source: Given,
  given: Own & UploadOptions,
): Promise<UploadResult> {
  return runtime.withSource(source, open => uploadOpened(runtime, bucket, key, open, given))
}

async function uploadOpened<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  bucket: Bucket,
  key: string,
  openSource: () => Promise<Source | StreamSource>,
  given: Own & UploadOptions,
): Promise<UploadResult> {
  const options = checked<Own & UploadOptions>({ ...runtime.ownRules, ...uploadRules }, given)
  const rest = without(options, namesOf(runtime.ownRules))
  const store = chosenStore(runtime, options, 'upload')
  let opened: Opened | undefined
  const to = (): Destination => ({ bucket: bucket.name, place: bucket.place, key })
  const open = async () => {
    opened = await runtime.open(openSource, to(), options)
    return opened.source
  }
  let continues = false
  try {
    return await uploadFrom(bucket, key, open, rest, store, async id =>
      runtime.findEarlier?.(to(), id, options),
    )
  } catch (error) {
    // An upload that failed with a final error is not continued.
    continues = !isOssupError(error) || error.resumable
    throw error
  } finally {
    await opened?.end?.(continues)
  }
}

/** Lists unfinished uploads; see `listCheckpoints` of a runtime. */
export async function listCheckpoints<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  given: Place & StoreChoice,
): Promise<CheckpointList> {
  const options = checked<Place & StoreChoice>(placeRules(runtime), given)
  const store = chosenStore(runtime, options, 'find')
  return store === false ? { checkpoints: [], unreadable: [] } : listAll(store)
}

/** Removes leftovers from a checkpoint folder; see `tidyCheckpoints` of a runtime. */
export async function tidyCheckpoints<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  given: Place & StoreChoice,
): Promise<void> {
  const store = chosenStore(
    runtime,
    checked<Place & StoreChoice>(placeRules(runtime), given),
    'find',
  )
  if (store !== false) await store.tidy?.()
}

/** Discards the upload of a source; see `discardUpload` of a runtime. */
export async function discardUpload<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  bucket: Bucket,
  key: string,
  source: Given,
  given: Place & StoreChoice & TidyOptions,
): Promise<boolean> {
  type Options = Place & StoreChoice & TidyOptions
  const options = checked<Options>({ ...placeRules(runtime), ...tidyRules }, given)
  const store = chosenStore(runtime, options, 'find')
  checkBucket(bucket)
  validateKey(key)
  if (store === false) return false
  const id = await runtime.idOf(source)
  return discardByName(bucket, key, id, store, withoutPlace(runtime, options))
}

/** Finishes the upload of a checkpoint; see `resumeCheckpoint` of a runtime. */
export async function resumeCheckpoint<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  bucket: Bucket,
  id: string,
  given: Place & StoreChoice & ResumeOptions,
): Promise<UploadResult | undefined> {
  checkArgument('id', id, checkpointId)
  type Options = Place & StoreChoice & ResumeOptions
  const options = checked<Options>({ ...placeRules(runtime), ...resumeRules }, given)
  const store = chosenStore(runtime, options, 'find')
  if (store === false) {
    throw new OptionError('NO_CHECKPOINT', 'checkpoint is false, so no upload can be continued', {
      options: ['checkpoint'],
      hint: 'Give the store or the folder that keeps it',
    })
  }
  let opened: Opened | undefined
  let isDone = false
  const open = async (sourceId: string, key: string) => {
    // This function runs a second time after the upload has waited for another owner.
    await opened?.end?.(true)
    opened = undefined
    const again = await runtime.reopen(sourceId, options)
    if (again === undefined) throw notKept(sourceId, key)
    opened = again
    return again.source
  }
  try {
    const result = await resumeById(bucket, id, open, withoutPlace(runtime, options), store)
    isDone = true
    return result
  } finally {
    await opened?.end?.(!isDone)
  }
}

/** Discards the upload of a checkpoint; see `discardCheckpoint` of a runtime. */
export async function discardCheckpoint<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  bucket: Bucket,
  id: string,
  given: Place & StoreChoice & TidyOptions,
): Promise<boolean> {
  checkArgument('id', id, checkpointId)
  type Options = Place & StoreChoice & TidyOptions
  const options = checked<Options>({ ...placeRules(runtime), ...tidyRules }, given)
  const store = chosenStore(runtime, options, 'find')
  if (store === false) return false
  const source = (await readCheckpoint(store, id))?.begin.source
  const isDiscarded = await discardById(bucket, id, store, withoutPlace(runtime, options))
  // Another process may use the source again by now; then it stays.
  if (isDiscarded && source !== undefined) await runtime.forget(source).catch(() => {})
  return isDiscarded
}

/** The store that the options name. */
export function chosenStore<Given, Own extends Place, Place extends object>(
  runtime: Runtime<Given, Own, Place>,
  options: Place & StoreChoice,
  use: 'upload' | 'find',
): JournalStore | false {
  const { checkpoint } = options
  const other = runtime.placeOptions.find(name => options[name] !== undefined)
  if (checkpoint !== undefined && other !== undefined) {
    throw new OptionError('CONFLICTING_OPTIONS', `checkpoint and ${other} are both given`, {
      options: ['checkpoint', other],
      hint: 'Give one of them',
    })
  }
  return checkpoint ?? runtime.storeFor(options, use)
}

/** The rules for the options that say where checkpoints are. */
function placeRules<Given, Own extends Place, Place extends object>({
  ownRules,
  placeOptions,
}: Runtime<Given, Own, Place>): Rules {
  const { checkpoint } = uploadRules
  return { checkpoint, ...Object.fromEntries(placeOptions.map(name => [name, ownRules[name]])) }
}

/** Checks options, and reads each of them once. */
function checked<Options extends object>(rules: Rules, given: unknown): Options {
  // The rules describe exactly these options.
  return checkOptions(rules, given, { name: 'options', foreign: foreignUploadOptions }) as Options
}

function namesOf<Own extends object>(rules: RulesOf<Own>): (keyof Own)[] {
  return Object.keys(rules) as (keyof Own)[]
}

/** All options except those about the store. */
function withoutPlace<Given, Own extends Place, Place extends object, Rest extends object>(
  runtime: Runtime<Given, Own, Place>,
  options: Rest & Place & StoreChoice,
): Rest {
  return without<Rest & Place & StoreChoice>(options, ['checkpoint', ...runtime.placeOptions])
}

function without<Options extends object>(
  options: Options,
  names: readonly (keyof Options)[],
): Options {
  const rest = { ...options }
  for (const name of names) delete rest[name]
  return rest
}

function notKept(sourceId: string, key: string): SourceError {
  const what = sourceKindOf(sourceId) === 'stream' ? 'a stream' : 'bytes in memory'
  return new SourceError(
    'SOURCE_NOT_KEPT',
    `The source was ${what}, which cannot be opened again`,
    {
      key,
      hint: 'Run the upload itself again and offer the same bytes from their start (ossup upload -): confirmed parts are not sent again',
      resumable: true,
    },
  )
}
