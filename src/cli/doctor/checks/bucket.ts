import { type Bucket, OssError } from '../../../runtimes/node/index.ts'
import { exitCodeOf } from '../../errors/exit-codes.ts'
import type { Check, Earlier, Finding } from '../check.ts'
import { problemOf } from '../examine.ts'

/** Sends the first signed request. Checks that OSS accepts the signature and that the bucket exists. */
export const bucket: Check = {
  name: 'bucket',
  needs: ['credentials', 'answer'],
  async run(world, earlier) {
    const asked = await world.bucket()
    const { signal, target } = world
    try {
      return target === undefined ? await anyBucket(asked, signal) : await lookAt(asked, signal)
    } catch (error) {
      if (!(error instanceof OssError)) throw error
      return refusal(error, asked, earlier)
    }
  },
}

async function lookAt(asked: Bucket, signal: AbortSignal): Promise<Finding> {
  const info = await asked.getBucketInfo({ signal })
  const { name, region, storageClass, acl, versioning, transferAcceleration } = info
  const kind = asked.address.kind
  const facts = { bucket: name, region, storageClass, acl, versioning, transferAcceleration }
  const words = [
    `${name} is in ${region}`,
    storageClass,
    acl,
    ...(versioning === undefined ? [] : [`versioning ${versioning.toLowerCase()}`]),
  ].filter(word => word !== undefined)
  if (acl === 'public-read-write') {
    const hints = ['Anybody may write into this bucket: make it private unless that is meant.']
    return { state: 'warning', summary: words.join(', '), hints, facts }
  }
  if (kind === 'accelerated' && transferAcceleration === 'Disabled') {
    const hints = ['Switch on transfer acceleration for the bucket, or leave out --accelerate.']
    return { state: 'warning', summary: `${words.join(', ')}, not accelerated`, hints, facts }
  }
  return { state: 'ok', summary: words.join(', '), facts }
}

/** Without a bucket, checks only that OSS accepts the signature. */
async function anyBucket(asked: Bucket, signal: AbortSignal): Promise<Finding> {
  if (asked.address.serviceOrigin === undefined) {
    const hints = ['Name its bucket: ossup doctor --cname oss://bucket/key']
    return { state: 'skipped', summary: 'not known: a custom domain belongs to one bucket', hints }
  }
  const { buckets, isTruncated } = await asked.listBuckets({ maxKeys: 100 }, { signal })
  const count = `${buckets.length}${isTruncated ? ' or more' : ''}`
  return {
    state: 'ok',
    summary: `OSS accepts the credentials; the account has ${count} bucket${count === '1' ? '' : 's'}`,
    hints: ['Permissions and speed are looked at with an address: ossup doctor oss://bucket/key'],
    facts: { buckets: buckets.length },
  }
}

function refusal(error: OssError, { name }: Bucket, earlier: Earlier): Finding {
  const elsewhere = error.extra.Endpoint
  if (elsewhere !== undefined) {
    return {
      ...problemOf(error),
      summary: `${name} is at another endpoint: ${elsewhere}`,
      hints: [`Use --endpoint ${elsewhere}, or set OSS_ENDPOINT and OSS_REGION to its place.`],
      facts: { code: error.code, endpoint: elsewhere },
    }
  }
  // Uploads never send this request, so a policy with the least privileges need not allow it.
  if (error.code === 'AccessDenied') {
    return {
      state: 'ok',
      summary: `OSS accepts the credentials; ${error.operation} is not allowed, nor needed`,
      facts: { code: error.code },
    }
  }
  const problem = problemOf(error)
  const withHint = (text: string) => [...(problem.hints ?? []), text]
  if (error.code === 'NoSuchBucket') {
    return { ...problem, hints: withHint(`If it is yet to be made: ossup mb oss://${name}`) }
  }
  if (exitCodeOf(error) !== 3) return problem
  const [source] = earlier.get('credentials') ?? []
  return {
    ...problem,
    summary: `OSS does not accept the credentials: ${problem.summary}`,
    ...(source !== undefined && {
      hints: withHint(`The credentials are those of ${source.summary}`),
    }),
  }
}
