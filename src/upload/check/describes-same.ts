// Compares the headers that HEAD shows with those that the upload wants. HEAD shows neither the ACL nor a callback,
// and of the tags only their number.

import type { ObjectHead } from '../../oss/head-object.ts'
import { nonceHeader } from '../run/run.ts'

const metadataPrefix = 'x-oss-meta-'
const storedHeaders = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]
/** The bucket decides about these if the upload does not set them. */
const defaultedHeaders = [
  'x-oss-storage-class',
  'x-oss-server-side-encryption',
  'x-oss-server-side-data-encryption',
  'x-oss-server-side-encryption-key-id',
]

/** True if the object has exactly these headers, as far as HEAD shows them. */
export function describesSame(
  { headers }: ObjectHead,
  wanted: Readonly<Record<string, string>>,
): boolean {
  const isMetadata = (name: string) => name.startsWith(metadataPrefix) && name !== nonceHeader
  const metadata = Object.keys({ ...headers, ...wanted }).filter(isMetadata)
  const tags = wanted['x-oss-tagging']?.split('&').length ?? 0
  return (
    [...storedHeaders, ...metadata].every(name => headers[name] === wanted[name]) &&
    defaultedHeaders.every(name => wanted[name] === undefined || headers[name] === wanted[name]) &&
    Number(headers['x-oss-tagging-count'] ?? 0) === tags
  )
}
