import { type Bucket, CredentialsError, isOssupError, OssError } from '../../runtimes/node/index.ts'
import { formatAddress, parseAddress, parseObjectAddress } from '../args/address.ts'
import { command, type Shell } from '../args/command.ts'
import { toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { objectsBelow } from '../connect/objects-below.ts'
import { retrying } from '../connect/retrying.ts'
import { reportOne } from '../errors/failure.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import { formatCount } from '../output/figures.ts'
import { counted } from '../view/progress-line.ts'

/** The most objects that are counted for a hint. */
const pageSize = 1000
/** The number of parallel requests. */
const atOnce = 16

export const rm = command({
  usage: ['rm oss://bucket/key', 'rm -r oss://bucket/prefix/'],
  examples: [
    ['ossup rm oss://examplebucket/old.txt', ''],
    ['ossup rm -rn oss://examplebucket/logs/2019/', 'show what would be deleted'],
    ['ossup rm -r oss://examplebucket/logs/2019/', 'delete all objects below the prefix'],
  ],
  details: [
    'Deletes one object by its exact key: a * in a key is only a *. If there is no such object, the exit code is 8, or 0 with --force.',
    'With -r, all objects whose keys start with the prefix. It must end in /, so that photos/ does not take photos-2024/ with it. Deleting a whole bucket needs --force. There is no confirmation: try --dry-run first. If some objects cannot be deleted, the others are, and the exit code is 9.',
  ],
  positionals: { min: 1, max: 1 },
  flags: {
    recursive: toggle('delete all objects below the prefix', 'r'),
    'dry-run': toggle('only say what would be deleted', 'n'),
    force: toggle(
      'no error for a missing object; with -r: a whole bucket, or a prefix without / at its end',
      'f',
    ),
    ...commonFlags,
  },
  async run({ positionals: [target = ''], flags }, shell) {
    const { recursive, force, 'dry-run': dryRun } = flags
    if (recursive) {
      const { bucket, key } = parseAddress(target, 'oss://bucket/prefix/')
      if (!force) refuseVague(target, key)
      return removeAll(await bucketOf(bucket, flags, shell), key, dryRun, shell)
    }
    const address = parseObjectAddress(target)
    const bucket = await bucketOf(address.bucket, flags, shell)
    await removeOne(bucket, address.key, { force, dryRun }, shell)
  },
})

/**
 * Deletes one object. OSS answers the same whether or not the object existed, so the command looks for it
 * first.
 * @throws {OssError} `NoSuchKey` if it does not exist, unless `force`
 */
async function removeOne(
  bucket: Bucket,
  key: string,
  { force, dryRun }: { readonly force: boolean; readonly dryRun: boolean },
  shell: Shell,
): Promise<void> {
  const { screen } = shell
  const address = { bucket: bucket.name, key }
  const text = formatAddress(address)
  const again = retrying(bucket, shell)
  const found = await again('HeadObject', call => bucket.headObject({ key }, call)).then(
    () => 'yes' as const,
    (error: unknown) => {
      if (isNoSuchKey(error)) return error
      // Deleting may be permitted even if looking is not.
      if (isOssupError(error) && error.code === 'AccessDenied') return 'unknown' as const
      throw error
    },
  )
  if (typeof found === 'object' && !force) throw await nothingThere(bucket, key, found, shell)
  const isThere = typeof found === 'string'
  if (!dryRun && isThere) {
    await again('DeleteObject', call => bucket.deleteObject({ key }, call))
  }
  const done = found === 'yes' ? `deleted ${text}` : `deleted ${text}, if it existed`
  const said = dryRun ? `would delete ${text}` : done
  screen.outcome({ ...address, dryRun }, isThere ? said : `${text} does not exist`)
  if (isThere && key.endsWith('/')) {
    screen.note(
      `This is only the object with that exact key. For all objects below: ossup rm -r ${text}`,
    )
  }
}

function isNoSuchKey(error: unknown): error is OssError {
  return error instanceof OssError && error.code === 'NoSuchKey'
}

/** The error for a key that does not exist. Often the user meant the prefix of that name. */
async function nothingThere(
  bucket: Bucket,
  key: string,
  { code, status, requestId }: OssError,
  { signal }: Shell,
): Promise<OssError> {
  const below = key.endsWith('/') ? key : `${key}/`
  const text = formatAddress({ bucket: bucket.name, key: below })
  const found = await bucket
    .listObjects({ prefix: below, maxKeys: pageSize }, { signal })
    .catch(() => undefined)
  const many = found?.isTruncated
    ? `More than ${formatCount(pageSize)}`
    : String(found?.objects.length)
  const hint =
    found === undefined || found.objects.length === 0
      ? 'Check the key: it is the full path without the bucket name'
      : `${many} ${found.objects.length === 1 ? 'object is' : 'objects are'} below ${text}: ossup rm -r ${text}`
  return new OssError(code, `There is no object ${formatAddress({ bucket: bucket.name, key })}`, {
    status,
    hint,
    ...(requestId !== undefined && { requestId }),
  })
}

/** A typing mistake must not empty a bucket or a neighbouring folder. */
function refuseVague(target: string, prefix: string): void {
  if (prefix.endsWith('/')) return
  throw new UsageError(
    prefix === ''
      ? `rm -r: '${target}' is the whole bucket`
      : `rm -r: '${target}' does not end in /, and other keys may begin like that`,
    `Name a prefix: oss://bucket/prefix/. If ${prefix === '' ? 'all of it' : 'that'} is meant, add --force.`,
  )
}

/** @throws {SomeFailed} */
async function removeAll(
  bucket: Bucket,
  prefix: string,
  dryRun: boolean,
  shell: Shell,
): Promise<void> {
  const { screen, signal } = shell
  const again = retrying(bucket, shell)
  const counts = { deleted: 0, failed: 0 }
  async function remove(key: string): Promise<void> {
    const address = { bucket: bucket.name, key }
    const text = formatAddress(address)
    try {
      if (!dryRun) await again('DeleteObject', call => bucket.deleteObject({ key }, call))
      counts.deleted += 1
      screen.report(
        'deleted',
        { ...address, dryRun },
        `${dryRun ? 'would delete' : 'deleted'} ${text}`,
      )
    } catch (error) {
      if (signal.aborted || error instanceof CredentialsError || !isOfOne(error)) throw error
      counts.failed += 1
      reportOne(error, { text, fields: address }, screen)
    }
  }
  await eachOf(objectsBelow(bucket, prefix, shell), ({ key }) => remove(key))
  const done = dryRun ? 'to delete' : 'deleted'
  const text = `${counted(counts.deleted, 'object')} ${done}`
  const fields = { bucket: bucket.name, prefix, ...counts, dryRun }
  if (counts.failed > 0) throw new SomeFailed(`${text}, ${counts.failed} failed`, counts)
  screen.outcome(fields, text)
}

/**
 * True if the error is about one object only. Without a network or a bucket, all other deletions would fail
 * as well.
 */
function isOfOne(error: unknown): boolean {
  return error instanceof OssError && error.code !== 'NoSuchBucket'
}

/**
 * Runs a bounded number of tasks in parallel. After the first error, running tasks finish and no new ones
 * start.
 */
async function eachOf<T>(
  items: AsyncGenerator<T>,
  action: (item: T) => Promise<void>,
): Promise<void> {
  let isEnding = false
  async function work(): Promise<void> {
    while (!isEnding) {
      try {
        const { done, value } = await items.next()
        if (done === true) return
        await action(value)
      } catch (error) {
        isEnding = true
        throw error
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: atOnce }, work))
  const failed = results.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
