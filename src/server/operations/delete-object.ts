import { child, children, text } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import { type Node, nameWriter } from '../http/documents.ts'
import { OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import { checkKey } from '../rules/names.ts'
import type { Deleted, Deletion } from '../store/store.ts'
import { versionIdOf } from '../store/version-ids.ts'
import { accept } from './accept.ts'
import { checkVersionId, deleteMarkerHeaders, placeOf } from './find-object.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

const bodySizeMax = 2 * 1024 * 1024
const keysMax = 1000

/** DeleteObject (3.5): answers 204 even if the object does not exist. */
export const deleteObject: Operation = async context => {
  bucketOf(context)
  const [deleted] = await deleteAll(context, [placeOf(context)])
  if (deleted?.marker) return emptyAnswer(204, deleteMarkerHeaders(deleted.marker))
  const { versionId } = deleted ?? {}
  return emptyAnswer(204, versionId === undefined ? {} : { 'x-oss-version-id': versionId })
}

/** DeleteMultipleObjects (3.5): absent keys count as deleted. */
export const deleteMultipleObjects: Operation = async context => {
  const { request, query, rules } = context
  bucketOf(context)
  if (
    request.headers['content-md5'] === undefined &&
    rules.unconfirmed.deleteWithoutMd5 !== 'accepted'
  ) {
    throw new OssFault('MissingArgument', {
      message: 'Content-MD5 is required.',
      extra: { ArgumentName: 'Content-MD5' },
    })
  }
  const { isQuiet, deletions } = readDeletions(await readBody(request, bodySizeMax))
  const deleted = await deleteAll(context, await permitted(context, deletions))
  if (isQuiet) return emptyAnswer(200)
  // The documentation lists this value among the headers, but SDKs send it in the query.
  const encodingType = query.get('encoding-type') ?? request.headers['encoding-type']
  const write = nameWriter(encodingType)
  return xmlAnswer([
    'DeleteResult',
    [
      encodingType === 'url' ? ['EncodingType', 'url'] : undefined,
      ...deleted.map(one => deletedNode(one, write)),
    ],
  ])
}

async function deleteAll(
  context: Context,
  deletions: readonly Deletion[],
): Promise<readonly Deleted[]> {
  const { store, bucket, clock, rules } = context
  const markAbsent = rules.unconfirmed.deleteAbsentVersioned === 'marker'
  return accept(
    await store.deleteObjects(bucket, deletions, { at: clock.now(), markAbsent }),
    context,
  )
}

function readDeletions(body: Uint8Array): {
  readonly isQuiet: boolean
  readonly deletions: readonly Deletion[]
} {
  const root = readXml(body)
  const objects = children(root, 'Object')
  if (root.name !== 'Delete' || objects.length === 0 || objects.length > keysMax) {
    throw new OssFault('MalformedXML', {
      ec: '0016-00000608',
      extra: { ErrorDetail: `The root is Delete, with 1 to ${keysMax} Objects.` },
    })
  }
  const places = new Map<string, Deletion>()
  for (const object of objects) {
    const key = text(object, 'Key') ?? ''
    if (key === '') throw new OssFault('UserKeyMustBeSpecified')
    checkKey(key)
    const versionId = child(object, 'VersionId') && (text(object, 'VersionId') ?? '')
    const place =
      versionId === undefined ? { key } : { key, versionId: checkVersionId(versionId.trim()) }
    // A key that is listed twice is deleted once, so that it gets one delete marker.
    places.set(JSON.stringify([key, place.versionId]), place)
  }
  const isQuiet = text(root, 'Quiet')?.trim().toLowerCase() === 'true'
  return { isQuiet, deletions: [...places.values()] }
}

/**
 * Returns the keys that the caller may delete. Each key needs the same permission as DeleteObject. The effect of one
 * denied key on the others is unconfirmed.
 */
async function permitted(
  context: Context,
  deletions: readonly Deletion[],
): Promise<readonly Deletion[]> {
  const { authorize, bucket, rules } = context
  const allowed: Deletion[] = []
  for (const deletion of deletions) {
    const action = deletion.versionId === undefined ? 'oss:DeleteObject' : 'oss:DeleteObjectVersion'
    try {
      await authorize(action, { bucket, ...deletion })
      allowed.push(deletion)
    } catch (error) {
      const isLeftOut = rules.unconfirmed.deleteDeniedKey === 'left-out'
      if (!isLeftOut || !(error instanceof OssFault)) throw error
    }
  }
  return allowed
}

function deletedNode({ key, versionId, marker }: Deleted, write: (text: string) => string): Node {
  return [
    'Deleted',
    [
      ['Key', write(key)],
      versionId === undefined ? undefined : ['VersionId', versionId],
      marker && ['DeleteMarker', true],
      marker && ['DeleteMarkerVersionId', versionIdOf(marker)],
    ],
  ]
}
