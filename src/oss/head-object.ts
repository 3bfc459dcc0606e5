import {
  type AnswerHead,
  answeredAt,
  crc64Of,
  etagOf,
  readInteger,
  readTime,
  requestIdOf,
} from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'

/** Facts about an object, without its content. */
export interface ObjectHead {
  /** Bytes of the whole object. */
  readonly size: number
  /** The ETag, without quotes. */
  readonly etag: string
  /** CRC-64 of the whole object, in decimal; very old objects have none. */
  readonly crc64?: string | undefined
  /** Time of the last change, in epoch milliseconds. OSS gives whole seconds. */
  readonly lastModified: number
  readonly contentType?: string | undefined
  /** User metadata, names without `x-oss-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  readonly versionId?: string | undefined
  readonly storageClass?: string | undefined
  /** The kind of object: `Normal`, `Multipart`, `Appendable` or `Symlink`. */
  readonly objectType?: string | undefined
  /** All headers of the answer, with lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string
  /** OSS's own time of the answer, epoch milliseconds. */
  readonly answeredAt?: number | undefined
}

/** The object to look at. */
export interface HeadObjectRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** Further headers of the request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Looks at an object. Rejects with `OssError` `NoSuchKey` if it does not exist. */
export async function headObject(
  client: OssClient,
  { key, headers }: HeadObjectRequest,
  call?: CallOptions,
): Promise<ObjectHead> {
  const answer = await client.call({ operation: 'HeadObject', method: 'HEAD', key, headers }, call)
  return objectHead(answer, readInteger(answer, 'Content-Length', answer.headers['content-length']))
}

export function objectHead(answer: AnswerHead, size: number): ObjectHead {
  const { headers } = answer
  return {
    size,
    etag: etagOf(answer),
    crc64: crc64Of(answer),
    lastModified: readTime(answer, 'Last-Modified', headers['last-modified']),
    contentType: headers['content-type'],
    metadata: metadataIn(headers),
    versionId: headers['x-oss-version-id'],
    storageClass: headers['x-oss-storage-class'],
    objectType: headers['x-oss-object-type'],
    headers,
    requestId: requestIdOf(answer),
    answeredAt: answeredAt(answer),
  }
}

const metadataPrefix = 'x-oss-meta-'

function metadataIn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const metadata: [name: string, value: string][] = []
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(metadataPrefix)) metadata.push([name.slice(metadataPrefix.length), value])
  }
  return Object.fromEntries(metadata)
}
