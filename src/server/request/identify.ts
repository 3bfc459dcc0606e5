// Which operation a request asks for, on which bucket and key.

import { type Address, type Addressing, resolveAddress } from '../http/address.ts'
import { EncodingError } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import type { ServerRequest } from '../http/http.ts'
import { type OperationName, route } from '../http/routing.ts'
import { parseTarget, type Target } from '../http/target.ts'
import { isBucketName } from '../rules/names.ts'

export interface Identified {
  readonly operation: OperationName
  readonly address: Address
  readonly query: Target['query']
}

/**
 * What a request asks for, before anything is looked at closely.
 * @throws {OssFault} if it asks for nothing that this server knows
 */
export function identify(request: ServerRequest, addressing: Addressing = {}): Identified {
  const { path, query } = readTarget(request.target)
  const address = resolveAddress(request.headers.host ?? '', path, addressing)
  if (address.isOfficial && address.style === 'path')
    throw new OssFault('SecondLevelDomainForbidden')
  if (address.bucket !== undefined && !isBucketName(address.bucket)) {
    throw new OssFault('InvalidBucketName', { extra: { BucketName: address.bucket } })
  }
  return { address, query, operation: route(request.method, address, query, request.headers) }
}

function readTarget(target: string): Target {
  try {
    return parseTarget(target)
  } catch (error) {
    if (error instanceof EncodingError) throw new OssFault('InvalidObjectName')
    throw error
  }
}
