import { type Bucket, CredentialsError, OssError } from '../../runtimes/node/index.ts'
import { formatAddress, parseAddress, parseObjectAddress } from '../args/address.ts'
import { command, type Shell } from '../args/command.ts'
import { toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { retrying } from '../connect/retrying.ts'
import { reportOne } from '../errors/failure.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import { counted } from '../view/progress-line.ts'

/** What OSS lists at once at most. */
const pageSize = 1000
/** Requests on the way at the same time. */
const atOnce = 16

export const rm = command({
  usage: ['rm oss://bucket/key', 'rm -r oss://bucket/prefix/'],
  summary: 'delete an object, or all below a prefix',
  details: [
    'One object, by its exact key, in which a * is nothing but a *. As with OSS itself, deleting what is',
    'not there succeeds.',
    'With -r all objects whose keys begin with the prefix, which has to end in / so that photos does',
    'not take photos-2024 with it; a whole bucket only with --force. Nothing is asked before it is done:',
    'see --dry-run. What could not be deleted is told, and the others are deleted: exit code 9.',
  ].join('\n'),
  positionals: { min: 1, max: 1 },
  flags: {
    recursive: toggle('delete all objects below the prefix', 'r'),
    'dry-run': toggle('only say what would be deleted'),
    force: toggle('with -r: also a whole bucket, or a prefix without / at its end'),
    ...commonFlags,
  },
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen } = shell
    const { recursive, force, 'dry-run': dryRun } = flags
    if (recursive) {
      const { bucket, key } = parseAddress(target, 'oss://bucket/prefix/')
      if (!force) refuseVague(target, key)
      return removeAll(await bucketOf(bucket, flags, shell), key, dryRun, shell)
    }
    if (force) throw new UsageError('--force means nothing without -r', 'Write rm -r --force.')
    const address = parseObjectAddress(target)
    const bucket = await bucketOf(address.bucket, flags, shell)
    if (!dryRun) {
      const again = retrying(bucket, shell)
      await again('DeleteObject', call => bucket.deleteObject({ key: address.key }, call))
    }
    const text = formatAddress(address)
    const said = dryRun ? `would delete ${text}` : `${text} is deleted`
    screen.outcome({ ...address, dryRun }, said)
    if (address.key.endsWith('/')) {
      screen.note(`Only the object of that very name: for all below it, ossup rm -r ${text}`)
    }
  },
})

/** Nobody should empty a bucket, or a neighbouring folder, by a slip of the fingers. */
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
  // Pages go on behind the last key, so it does not matter that those before it are gone.
  let startAfter: string | undefined
  let isTruncated = true
  while (isTruncated) {
    const from = startAfter === undefined ? {} : { startAfter }
    const request = { prefix, maxKeys: pageSize, ...from }
    const page = await again('ListObjects', call => bucket.listObjects(request, call))
    const keys = page.objects.map(({ key }) => key)
    const last = keys.at(-1)
    await eachOf(keys, remove)
    startAfter = last
    isTruncated = page.isTruncated && last !== undefined
  }
  const done = dryRun ? 'to delete' : 'deleted'
  const text = `${counted(counts.deleted, 'object')} ${done}`
  const fields = { bucket: bucket.name, prefix, ...counts, dryRun }
  if (counts.failed > 0) throw new SomeFailed(`${text}, ${counts.failed} failed`, counts)
  screen.outcome(fields, text)
}

/** A refusal is of one object; without a network, or a bucket, the others would go the same way. */
function isOfOne(error: unknown): boolean {
  return error instanceof OssError && error.code !== 'NoSuchBucket'
}

/** A bounded number at once. The first that throws ends the others once they have done what they began. */
async function eachOf<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  let isEnding = false
  async function work(): Promise<void> {
    for (const item of left) {
      if (isEnding) return
      try {
        await action(item)
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
