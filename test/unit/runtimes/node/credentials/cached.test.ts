import { expect, test } from 'vitest'
import { sharedCredentials } from '../../../../../src/oss/credentials.ts'
import { cached } from '../../../../../src/runtimes/node/credentials/cached.ts'
import { nodeClock } from '../../../../../src/runtimes/node/platform/clock.ts'

/** A provider that counts, shared by as many buckets as are asked for. */
function bucketsThatShare(count: number) {
  let given = 0
  const provider = cached(
    async () => ({ accessKeyId: 'id', accessKeySecret: 's', securityToken: `t${++given}` }),
    { ...nodeClock, now: () => 0 },
  )
  return Array.from({ length: count }, () => sharedCredentials(provider))
}

// Found with a service that handed out a token of its own cache, two seconds before its end.
test('a token that came a moment ago and is refused is renewed all the same', async () => {
  const [bucket] = bucketsThatShare(1)
  const first = await bucket!.get(0)
  await bucket!.refresh(first, 0)
  expect((await bucket!.get(0)).securityToken).toBe('t2')
})

test('of several buckets that are refused one token, the first has it renewed for all', async () => {
  const buckets = bucketsThatShare(3)
  const old = await Promise.all(buckets.map(bucket => bucket.get(0)))
  expect(new Set(old.map(one => one.securityToken))).toEqual(new Set(['t1']))
  for (const bucket of buckets) await bucket.refresh(old[0], 0)
  const renewed = await Promise.all(buckets.map(bucket => bucket.get(0)))
  expect(renewed.map(one => one.securityToken)).toEqual(['t2', 't2', 't2'])
})
