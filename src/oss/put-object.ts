import type { Body } from '../ports.ts'
import type { CallOptions, OssClient } from './client.ts'
import { asksForCallback, type StoredObject, storedObject } from './stored-object.ts'

/** The object to store, and its content. */
export interface PutObjectRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** The content of the object: at most 5 GiB. */
  readonly body: Body | Uint8Array
  /** Further headers of the request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Stores an object in one request. OSS stores all of it or nothing. */
export async function putObject(
  client: OssClient,
  { key, body, headers }: PutObjectRequest,
  call?: CallOptions,
): Promise<StoredObject> {
  const request = { operation: 'PutObject', method: 'PUT', key, headers, body }
  return storedObject(await client.call(request, call), asksForCallback(headers))
}
