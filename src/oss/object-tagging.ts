// The tags of an object: GetObjectTagging, PutObjectTagging, DeleteObjectTagging.

import { escapeXml } from '../xml/escape.ts'
import { child, children, text } from '../xml/parse.ts'
import { badAnswer, requiredText, rootOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'

/** The object whose tags are read or deleted. */
export interface ObjectTagsRequest {
  readonly key: string
}

/** The object and its new tags. */
export interface PutObjectTagsRequest extends ObjectTagsRequest {
  /** The new tags, at most 10. They replace all tags of the object. */
  readonly tags: Readonly<Record<string, string>>
}

const query = { tagging: '' }

export async function getObjectTags(
  client: OssClient,
  { key }: ObjectTagsRequest,
  call?: CallOptions,
): Promise<Record<string, string>> {
  const answer = await client.call(
    { operation: 'GetObjectTagging', method: 'GET', key, query },
    call,
  )
  const set = child(rootOf(answer, 'Tagging'), 'TagSet')
  if (set === undefined) throw badAnswer(answer, 'TagSet is missing')
  return Object.fromEntries(
    children(set, 'Tag').map(tag => [requiredText(answer, tag, 'Key'), text(tag, 'Value') ?? '']),
  )
}

export async function putObjectTags(
  client: OssClient,
  { key, tags }: PutObjectTagsRequest,
  call?: CallOptions,
): Promise<void> {
  const set = Object.entries(tags)
    .map(
      ([name, value]) =>
        `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
    )
    .join('')
  const body = new TextEncoder().encode(`<Tagging><TagSet>${set}</TagSet></Tagging>`)
  const headers = { 'content-type': 'application/xml' }
  await client.call(
    { operation: 'PutObjectTagging', method: 'PUT', key, query, headers, body },
    call,
  )
}

export async function deleteObjectTags(
  client: OssClient,
  { key }: ObjectTagsRequest,
  call?: CallOptions,
): Promise<void> {
  await client.call({ operation: 'DeleteObjectTagging', method: 'DELETE', key, query }, call)
}
