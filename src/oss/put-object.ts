import type { Body } from '../ports.ts'
import type { CallOptions, OssClient } from './client.ts'
import { asksForCallback, type StoredObject, storedObject } from './stored-object.ts'

/** What is stored as which object. */
export interface PutObjectRequest {
  /** Of the object: 1 to 1,023 bytes of UTF-8, not beginning with `/` or `\`. Nothing is normalised. */
  readonly key: string
  /** At most 5 GiB. */
  readonly body: Body | Uint8Array
  /** Further headers of the request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Stores an object in one request: whole or not at all. */
export async function putObject(
  client: OssClient,
  { key, body, headers }: PutObjectRequest,
  call?: CallOptions,
): Promise<StoredObject> {
  const request = { operation: 'PutObject', method: 'PUT', key, headers, body }
  return storedObject(await client.call(request, call), asksForCallback(headers))
}
