// CompleteMultipartUpload (3.13): the listed parts become the object, and all others are dropped. The object refers
// to the stored bytes of its parts, so no bytes are copied.

import { createHash } from 'node:crypto'
import { crc64Combine } from '../../hash/crc64.ts'
import { children, text } from '../../xml/parse.ts'
import { xmlAnswer } from '../http/answer.ts'
import { nameWriter } from '../http/documents.ts'
import { percentEncode } from '../http/encoding.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { readCallback, withCallback } from '../request/callback.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import { noSuchUpload } from '../request/upload-activity.ts'
import type { ObjectRecord, PartRecord, UploadRecord } from '../store/records.ts'
import { accept } from './accept.ts'
import { readObjectAcl, refuseEncryption } from './attributes.ts'
import { versionHeader } from './find-object.ts'
import { mayNotOverwrite } from './forbid-overwrite.ts'
import { findUpload } from './multipart.ts'
import { readEncodingType } from './paging.ts'
import { authorizeAcl } from './put-object.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

/** Enough for 10,000 parts, with quotes written as entities and with blanks for indentation. */
const bodySizeMax = 4 * 1024 * 1024

export const completeMultipartUpload: Operation = async context => {
  const { request, query, store, bucket, rules, activity } = context
  bucketOf(context)
  const body = await readBody(request, bodySizeMax)
  const encodingType = readEncodingType(query)
  const acl = readObjectAcl(request.headers) ?? 'default'
  const callback = readCallback(context)
  refuseEncryption(request.headers)
  const ifAbsent = mayNotOverwrite(context)
  await authorizeAcl(context)
  const upload = await findUpload(context, rules.unconfirmed.completeNoSuchUploadEc)

  const object = await activity.duringComplete(upload.id, async () => {
    try {
      const listed = readList(context, body)
      return await complete(context, upload, { listed, acl, ifAbsent })
    } catch (error) {
      const isRefused = error instanceof OssFault && error.status < 500
      if (isRefused && rules.unconfirmed.failedComplete === 'dead') {
        await store.abortUpload(bucket, upload.id, { keepUpload: false })
      }
      throw error
    }
  })

  const write = nameWriter(encodingType)
  const location =
    rules.unconfirmed.locationKey === 'encoded'
      ? percentEncode(object.key, '/').replaceAll('~', '%7E')
      : object.key
  const answer = xmlAnswer(
    [
      'CompleteMultipartUploadResult',
      [
        encodingType === undefined ? undefined : ['EncodingType', encodingType],
        ['Location', `http://${bucket}.oss-${rules.region}.aliyuncs.com/${location}`],
        ['Bucket', bucket],
        ['Key', write(object.key)],
        ['ETag', `"${object.etag}"`],
      ],
    ],
    {
      etag: `"${object.etag}"`,
      'x-oss-hash-crc64ecma': object.crc64,
      ...upload.attributes.encryption,
      ...versionHeader(bucketOf(context), object),
    },
  )
  return withCallback(context, callback, object, answer)
}

async function complete(
  context: Context,
  upload: UploadRecord,
  options: {
    readonly listed: readonly ListedPart[] | 'all'
    readonly acl: ObjectRecord['acl']
    readonly ifAbsent: boolean
  },
): Promise<ObjectRecord> {
  const { store, bucket, rules, clock } = context
  const { listed, acl, ifAbsent } = options
  let durationMs = rules.completeMs()
  for (;;) {
    const uploaded = await store.parts(bucket, upload.id)
    const parts = listed === 'all' ? uploaded : pick(listed, uploaded, upload.id, context)
    checkSizes(parts, context)
    if (durationMs > 0) await clock.sleep(durationMs)
    durationMs = 0
    const object = assemble(upload, parts, acl, context)
    const result = await store.completeUpload(bucket, upload.id, { object, parts, ifAbsent })
    if (result === 'no-upload') throw noSuchUpload(upload.id)
    // A part was replaced in the meantime, so the list is read again.
    if (result === 'changed') continue
    return accept(result, context)
  }
}

interface ListedPart {
  readonly number: number
  readonly etag: string
}

function readList({ request, rules }: Context, body: Uint8Array): readonly ListedPart[] | 'all' {
  const all = request.headers['x-oss-complete-all']
  const isUnknown = all !== undefined && all !== 'yes'
  if (isUnknown && rules.unconfirmed.completeAllOther === 'InvalidArgument') {
    throw invalidArgument('x-oss-complete-all', all)
  }
  if (all === 'yes') {
    if (body.length === 0) return 'all'
    throw invalidArgument(
      'x-oss-complete-all',
      'yes',
      // The spelling is the service's own, because the Go SDK v2's test suite compares it.
      'Should not speficy both complete all header and http body.',
      '0042-00000216',
    )
  }
  const malformed = (detail: string) =>
    new OssFault('MalformedXML', { ec: '0042-00000205', extra: { ErrorDetail: detail } })
  if (body.length === 0) throw malformed('There is no list of parts.')
  const root = readXml(body, '0042-00000205')
  if (root.name !== 'CompleteMultipartUpload')
    throw malformed('The root is CompleteMultipartUpload.')
  const parts = children(root, 'Part').map(part => {
    const number = text(part, 'PartNumber')?.trim() ?? ''
    const etag = text(part, 'ETag')?.trim().replaceAll('"', '') ?? ''
    if (!/^\d{1,5}$/.test(number) || etag === '') throw malformed('A Part has PartNumber and ETag.')
    return { number: Number(number), etag }
  })
  const isAscending = parts.every((part, at) => at === 0 || parts[at - 1]!.number < part.number)
  if (!isAscending) throw new OssFault('InvalidPartOrder')
  return parts
}

function pick(
  listed: readonly ListedPart[],
  uploaded: readonly PartRecord[],
  id: string,
  { rules }: Context,
): PartRecord[] {
  const byNumber = new Map(uploaded.map(part => [part.number, part]))
  return listed.map(({ number, etag }) => {
    const part = byNumber.get(number)
    if (part && part.etag === etag.toUpperCase()) return part
    throw new OssFault('InvalidPart', {
      ec: rules.unconfirmed.invalidPartEc,
      extra: { ETag: etag, PartNumber: String(number), UploadId: id },
    })
  })
}

function checkSizes(parts: readonly PartRecord[], { rules }: Context): void {
  const small = parts.slice(0, -1).find(part => part.size < rules.partSizeMin)
  if (!small) return
  throw new OssFault('EntityTooSmall', {
    extra: {
      MinSizeAllowed: String(rules.partSizeMin),
      ...(rules.unconfirmed.entityTooSmallDetails === 'present' && {
        ProposedSize: String(small.size),
        PartNumber: String(small.number),
        ETag: small.etag,
      }),
    },
  })
}

function assemble(
  upload: UploadRecord,
  parts: readonly PartRecord[],
  acl: ObjectRecord['acl'],
  { clock, rules }: Context,
): ObjectRecord {
  const etags = parts.map(part => part.etag).join('')
  const etag = createHash('md5').update(etags).digest('hex').toUpperCase()
  const crc = parts.reduce(
    (before, part) => crc64Combine(before, BigInt(part.crc64), part.size),
    0n,
  )
  return {
    key: upload.key,
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${etag}-${parts.length}`,
    crc64: crc.toString(),
    type: 'Multipart',
    modifiedAt: rules.unconfirmed.lastModified === 'initiate' ? upload.initiatedAt : clock.now(),
    attributes: upload.attributes,
    acl,
    segments: parts.flatMap(part => part.segments),
  }
}
