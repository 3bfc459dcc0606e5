import { Bucket } from '../../../src/bucket/bucket.ts'
import type { Clock } from '../../../src/ports.ts'
import type { LocalOss } from './local-oss.ts'
import { seeded } from './random.ts'

/** A bucket object that leads to the bucket of a local OSS in memory. */
export function bucketOver(oss: LocalOss, clock: Clock): Bucket {
  const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
  return new Bucket(
    { name: oss.bucket, region: 'cn-hangzhou', credentials },
    { clock, random: seeded(1), transport: oss },
  )
}
