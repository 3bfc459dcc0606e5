import { md5Base64 } from '../hash/md5.ts'
import { escapeXml } from '../xml/escape.ts'
import { children } from '../xml/parse.ts'
import { decoderFor, requiredText, rootOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'

/** The objects to delete. */
export interface DeleteObjectsRequest {
  /** Their keys. OSS accepts 1,000 in one request; more keys are sent in several requests. */
  readonly keys: readonly string[]
}

/** Deletes up to 1,000 objects. Resolves to the keys that OSS reports as deleted, absent ones too. */
export async function deleteObjects(
  client: OssClient,
  { keys }: DeleteObjectsRequest,
  call?: CallOptions,
): Promise<string[]> {
  const objects = keys.map(key => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('')
  const body = new TextEncoder().encode(`<Delete><Quiet>false</Quiet>${objects}</Delete>`)
  const answer = await client.call(
    {
      operation: 'DeleteMultipleObjects',
      method: 'POST',
      query: { delete: '', 'encoding-type': 'url' },
      headers: { 'content-md5': md5Base64(body), 'content-type': 'application/xml' },
      body,
    },
    call,
  )
  const root = rootOf(answer, 'DeleteResult')
  const decoded = decoderFor(answer, root)
  return children(root, 'Deleted').map(
    element => decoded(element, 'Key') || requiredText(answer, element, 'Key'),
  )
}
