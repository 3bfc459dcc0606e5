// The first argument of every function that works on a bucket, checked for callers without a compiler.

import { OptionError } from '../errors.ts'
import type { Bucket } from './bucket.ts'

/** @throws {OptionError} `INVALID_BUCKET` */
export function checkBucket(bucket: Bucket): void {
  const given: unknown = bucket
  // Not `instanceof`: a program may have loaded the library twice.
  if (typeof given === 'object' && given !== null && 'client' in given && 'ports' in given) return
  // Of an object only its kind is told: it may hold a secret.
  const shown = typeof given === 'string' ? `'${given.slice(0, 100)}'` : kindOf(given)
  throw new OptionError('INVALID_BUCKET', `The bucket is ${shown}, not a Bucket`, {
    hint: "Make one: new Bucket({ name: 'examplebucket', region: 'cn-hangzhou' })",
  })
}

function kindOf(given: unknown): string {
  if (given === undefined || given === null) return String(given)
  return typeof given === 'object' ? 'a plain object' : `a ${typeof given}`
}
