import type { Bucket, ListedObject } from '../../runtimes/node/index.ts'
import type { Shell } from '../args/command.ts'
import { retrying } from './retrying.ts'

/** The most objects that OSS lists in one answer. */
const pageSize = 1000

/**
 * Lists all objects whose keys start with the prefix, in the order of the bytes of their keys. Each page
 * starts after the last key of the page before, so objects may be deleted in between.
 */
export async function* objectsBelow(
  bucket: Bucket,
  prefix: string,
  shell: Shell,
): AsyncGenerator<ListedObject> {
  const again = retrying(bucket, shell)
  let startAfter: string | undefined
  do {
    const from = startAfter === undefined ? {} : { startAfter }
    const request = { prefix, maxKeys: pageSize, ...from }
    const page = await again('ListObjects', call => bucket.listObjects(request, call))
    yield* page.objects
    startAfter = page.isTruncated ? page.objects.at(-1)?.key : undefined
  } while (startAfter !== undefined)
}
