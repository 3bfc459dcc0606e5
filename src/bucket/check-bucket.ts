// Checks the first argument of every function that works on a bucket, for callers without TypeScript.

import { OptionError } from '../errors.ts'
import { has } from '../foreign/web.ts'
import { shown } from '../text/shown.ts'
import type { Bucket } from './bucket.ts'

/** @throws {OptionError} `INVALID_BUCKET` */
export function checkBucket(bucket: Bucket): void {
  const given: unknown = bucket
  // Does not use `instanceof`: a program may have loaded the library twice.
  if (has(given, { client: 'object', ports: 'object', guessContentType: 'function' })) return
  throw new OptionError('INVALID_BUCKET', `The bucket is ${shown(given)}, not a Bucket`, {
    hint: "Make one: new Bucket({ name: 'examplebucket', region: 'cn-hangzhou' })",
  })
}
