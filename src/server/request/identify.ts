// Which operation a request asks for, on which bucket and key.

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
 * What a request asks for, before anything is looked at closely.
 * @throws {OssFault} if it asks for nothing that this server knows
 */
export function identify(request: ServerRequest, addressing: Addressing = {}): Identified {
  const located = locate(request, addressing)
  return { ...located, operation: routed(request, located) }
}

/**
 * The bucket, key and query of a request, for every operation.
 * @throws {OssFault} if there can be no such bucket or key
 */
export function locate(request: ServerRequest, addressing: Addressing = {}): Located {
  const { path, query } = readTarget(request.target)
  const address = resolveAddress(request.headers.host ?? '', path, addressing)
  if (address.isOfficial && address.style === 'path')
    throw new OssFault('SecondLevelDomainForbidden')
  const { bucket } = address
  // Buckets of the first years have an underscore: a read finds none here, rather than a wrong name.
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
