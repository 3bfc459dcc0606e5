// Finds the operation, bucket and key of a request.

import { type Address, type Addressing, resolveAddress } from '../http/address.ts'
import { EncodingError } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import type { ServerRequest } from '../http/http.ts'
import { type OperationName, route } from '../http/routing.ts'
import { parseTarget, type Target } from '../http/target.ts'
import { isBucketName } from '../rules/names.ts'

export interface Located {
  readonly address: Address
  readonly query: Target['query']
}

export interface Identified extends Located {
  readonly operation: OperationName
}

/**
 * Returns the operation, bucket and key, before anything else is checked.
 * @throws {OssFault} if the request asks for no operation that this server knows
 */
export function identify(request: ServerRequest, addressing: Addressing = {}): Identified {
  const located = locate(request, addressing)
  return { ...located, operation: routed(request, located) }
}

/**
 * Returns the bucket, key and query of a request, for every operation.
 * @throws {OssFault} if the bucket's or key's name is not allowed
 */
export function locate(request: ServerRequest, addressing: Addressing = {}): Located {
  const { path, query } = readTarget(request.target)
  const address = resolveAddress(request.headers.host ?? '', path, addressing)
  if (address.isOfficial && address.style === 'path')
    throw new OssFault('SecondLevelDomainForbidden')
  const { bucket } = address
  // In its first years, OSS allowed an underscore in bucket names. A read of such a bucket answers that it does not
  // exist, not that its name is wrong.
  const isOldName =
    bucket !== undefined && request.method !== 'PUT' && isBucketName(bucket.replaceAll('_', '-'))
  if (bucket !== undefined && !isBucketName(bucket) && !isOldName) {
    throw new OssFault('InvalidBucketName', { extra: { BucketName: bucket } })
  }
  return { address, query }
}

/** @throws {OssFault} NotImplemented, MethodNotAllowed */
export function routed(request: ServerRequest, { address, query }: Located): OperationName {
  return route(request.method, address, query, request.headers)
}

function readTarget(target: string): Target {
  try {
    return parseTarget(target)
  } catch (error) {
    if (error instanceof EncodingError) {
      throw new OssFault('InvalidArgument', { message: 'The characters encoding must be utf-8.' })
    }
    throw error
  }
}
