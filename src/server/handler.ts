// Applies the rules of OSS to one request at a time, independent of any connection: address, operation, signature,
// permission, then the operation itself. Time, random numbers and storage are passed in, so the same handler serves
// sockets and simulations.

import type { Clock, Random } from '../ports.ts'
import { authenticate } from './auth/authenticate.ts'
import { authorizeAnonymous, authorizeKey } from './auth/authorize.ts'
import type { KeyPair, KeyRing } from './auth/keys.ts'
import type { Addressing } from './http/address.ts'
import { emptyAnswer, faultAnswer } from './http/answer.ts'
import { headerTime } from './http/documents.ts'
import { OssFault } from './http/errors.ts'
import type { Handler, ServerRequest, ServerResponse } from './http/http.ts'
import { actions, type OperationName, versionAction } from './http/routing.ts'
import { newBucket } from './operations/bucket.ts'
import { corsHeadersFor, everyBucketRules } from './operations/cors.ts'
import { operations } from './operations/index.ts'
import type { CallbackSender } from './request/callback-request.ts'
import { type Context, type Rules, randomHex } from './request/context.ts'
import { type Located, locate, routed } from './request/identify.ts'
import { UploadActivity } from './request/upload-activity.ts'
import { checkKey, checkNewKey, isBucketName } from './rules/names.ts'
import { type Unconfirmed, unconfirmedDefaults } from './rules/unconfirmed.ts'
import type { BucketRecord } from './store/records.ts'
import type { ObjectStore } from './store/store.ts'

export interface HandlerOptions {
  /** Region that signatures must name. @default 'cn-hangzhou' */
  readonly region?: string
  readonly addressing?: Addressing
  /** Minimum size of every part but the last, bytes. @default 102_400 */
  readonly partSizeMin?: number
  /** How long the work of one Complete takes, milliseconds. @default () => 0 */
  readonly completeMs?: () => number
  /** Create buckets when they are first used. @default false */
  readonly createBuckets?: boolean
  /** Origins of web pages that may use every bucket, `*` as a wildcard. @default none */
  readonly corsOrigins?: readonly string[]
  /** Choices for the unconfirmed points of OSS, if they differ from the defaults. */
  readonly unconfirmed?: Partial<Unconfirmed>
  /** Sends callbacks. Without a sender, every callback fails, so the answer is 203. */
  readonly sendCallback?: CallbackSender
  /** Called with the server's own failures. Their answers have status 500. */
  readonly onError?: (error: unknown) => void
}

export interface HandlerParts {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly random: Random
  readonly keys: KeyRing
  readonly options?: HandlerOptions
}

/** Makes a handler that answers requests by the rules of OSS. */
export function createHandler(parts: HandlerParts): Handler {
  const { clock, random, options = {} } = parts
  const server: Server = {
    ...parts,
    options,
    activity: new UploadActivity(),
    rules: {
      region: options.region ?? 'cn-hangzhou',
      partSizeMin: options.partSizeMin ?? 102_400,
      completeMs: options.completeMs ?? (() => 0),
      createBuckets: options.createBuckets ?? false,
      corsRules: everyBucketRules(options.corsOrigins ?? []),
      unconfirmed: { ...unconfirmedDefaults, ...options.unconfirmed },
    },
  }
  return async request => {
    const startedAt = clock.monotonic()
    const requestId = randomHex(random, 24)
    const answer = await answerSafely(server, request, requestId).catch((error: unknown) => {
      options.onError?.(error)
      return emptyAnswer(500)
    })
    const common = {
      server: 'AliyunOSS',
      date: headerTime(clock.now()),
      'x-oss-request-id': requestId,
      'x-oss-server-time': String(Math.round(clock.monotonic() - startedAt)),
    }
    return { ...answer, headers: { ...common, ...answer.headers } }
  }
}

interface Server extends HandlerParts {
  readonly options: HandlerOptions
  readonly rules: Rules
  readonly activity: UploadActivity
}

async function answerSafely(
  server: Server,
  request: ServerRequest,
  requestId: string,
): Promise<ServerResponse> {
  const found: { bucket?: BucketRecord | undefined } = {}
  let answer: ServerResponse
  try {
    answer = await perform(server, request, found)
  } catch (error) {
    if (!(error instanceof OssFault)) server.options.onError?.(error)
    const fault = error instanceof OssFault ? error : new OssFault('InternalError')
    answer = faultAnswer(fault, {
      requestId,
      hostId: request.headers.host ?? '',
      isHead: request.method === 'HEAD',
    })
  }
  if (request.method === 'OPTIONS') return answer
  const cors = corsHeadersFor(found.bucket, request, server.rules)
  return { ...answer, headers: { ...answer.headers, ...cors } }
}

async function perform(
  server: Server,
  request: ServerRequest,
  found: { bucket?: BucketRecord | undefined },
): Promise<ServerResponse> {
  const { store, clock, keys, rules, options } = server
  const located = locate(request, options.addressing)
  const { address, query } = located
  const { bucket = '', key = '' } = address
  const asked = ask(request, located)
  // Like OSS, looks for the bucket first: before it checks the signature, and before it refuses an unsupported
  // feature.
  if (bucket !== '') found.bucket = await requireBucket(server, asked, bucket)
  const caller =
    asked === 'OptionsObject' || asked === 'PostObject'
      ? undefined
      : authenticate(
          { method: request.method, headers: request.headers, query, ...address },
          { keys, region: rules.region, unconfirmed: rules.unconfirmed, now: clock.now() },
        )
  if (asked instanceof OssFault) throw asked
  const operation = asked
  if (key !== '') checkKey(key)
  if (makers.has(operation)) checkNewKey(key, rules.unconfirmed)
  const versionId = key === '' ? undefined : query.get('versionId')
  const own = versionId === undefined ? { bucket, key } : { bucket, key, versionId }
  const authorize = authorizer(server, caller, own)
  if (bucket !== '' && !found.bucket) {
    found.bucket = await makeBucket(server, operation, bucket, caller)
  }
  for (const action of actions[operation]) {
    await authorize(versionId === undefined ? action : versionAction(action))
  }
  const context: Context = {
    request,
    query,
    address,
    bucket,
    key,
    authorize,
    rules,
    store,
    clock,
    keys,
    random: server.random,
    activity: server.activity,
    ...(found.bucket && { record: found.bucket }),
    ...(caller && { caller }),
    ...(options.sendCallback && { sendCallback: options.sendCallback }),
  }
  return operations[operation](context)
}

/** Operations that create an object. */
const makers: ReadonlySet<OperationName> = new Set([
  'PutObject',
  'AppendObject',
  'CopyObject',
  'PutSymlink',
  'InitiateMultipartUpload',
])

/** Returns the operation, or the fault of a request without one. The caller throws the fault after authentication. */
function ask(request: ServerRequest, located: Located): OperationName | OssFault {
  try {
    return routed(request, located)
  } catch (error) {
    if (error instanceof OssFault) return error
    throw error
  }
}

/** Returns the bucket's record. Only operations that create a bucket, now or later, may continue without one. */
async function requireBucket(
  { store, rules }: Server,
  asked: OperationName | OssFault,
  name: string,
): Promise<BucketRecord | undefined> {
  const known = await store.bucket(name)
  if (known || asked === 'PutBucket' || asked === 'PutBucketAcl') return known
  // Before its first request, a page sends a preflight for a bucket that the request itself may create.
  if (asked === 'OptionsObject' && rules.corsRules.length > 0) return undefined
  const isMade = rules.createBuckets && asked !== 'DeleteBucket' && asked !== 'OptionsObject'
  if (isMade && isBucketName(name)) return undefined
  throw noSuchBucket(name)
}

/** Creates a bucket at its first use, if the caller may. */
async function makeBucket(
  { store, clock }: Server,
  operation: OperationName,
  name: string,
  caller: KeyPair | undefined,
): Promise<BucketRecord | undefined> {
  if (['PutBucket', 'PutBucketAcl', 'OptionsObject'].includes(operation)) return undefined
  if (!caller) throw noSuchBucket(name)
  const made = newBucket(name, clock.now())
  await store.putBucket(made)
  return made
}

function noSuchBucket(name: string): OssFault {
  return new OssFault('NoSuchBucket', { extra: { BucketName: name } })
}

function authorizer(
  { store, rules }: Server,
  caller: KeyPair | undefined,
  own: NonNullable<Parameters<Context['authorize']>[1]>,
): Context['authorize'] {
  return async (action, target = own) => {
    if (caller) {
      authorizeKey(caller, action)
      return
    }
    const bucket = await store.bucket(target.bucket)
    const object =
      target.key === ''
        ? undefined
        : await store.object(target.bucket, target.key, target.versionId)
    authorizeAnonymous(action, bucket, object, rules.unconfirmed)
  }
}
