// Listings page by page. Every page must continue after the page before it. Otherwise a server or proxy that repeats
// one page would keep the caller busy without end.

import { NetworkError } from '../errors.ts'
import type { BucketSummary } from '../oss/bucket-summary.ts'
import { compareKeys } from '../oss/key-order.ts'
import type { BucketsPage } from '../oss/list-buckets.ts'
import type { ListedUpload, UploadsPage } from '../oss/list-multipart-uploads.ts'
import type { ListedObject, ObjectsPage } from '../oss/list-objects.ts'
import type { ListedPart, PartsPage } from '../oss/list-parts.ts'

/** All items of a listing, page by page. */
export type Listing<Item> = AsyncGenerator<Item, void, undefined>

export function allObjects(
  pageAt: (more: { continuationToken?: string }) => Promise<ObjectsPage>,
): Listing<ListedObject> {
  return pages('ListObjects', {}, async marker => {
    const { objects, nextContinuationToken: next } = await pageAt(marker)
    return {
      items: objects,
      next: next === undefined ? undefined : { continuationToken: next },
      last: objects.at(-1)?.key,
    }
  })
}

export function allParts(
  pageAt: (more: { partNumberMarker?: number }) => Promise<PartsPage>,
): Listing<ListedPart> {
  return pages('ListParts', {}, async marker => {
    const { parts, isTruncated, nextPartNumberMarker } = await pageAt(marker)
    // `listParts` itself refuses a page that does not continue after the page before it.
    const next = isTruncated ? { partNumberMarker: nextPartNumberMarker } : undefined
    return { items: parts, next, last: undefined }
  })
}

export function allUploads(
  pageAt: (more: { keyMarker?: string; uploadIdMarker?: string }) => Promise<UploadsPage>,
): Listing<ListedUpload> {
  return pages('ListMultipartUploads', {}, async marker => {
    const { uploads, nextKeyMarker, nextUploadIdMarker } = await pageAt(marker)
    const id = nextUploadIdMarker === undefined ? {} : { uploadIdMarker: nextUploadIdMarker }
    return {
      items: uploads,
      next: nextKeyMarker === undefined ? undefined : { keyMarker: nextKeyMarker, ...id },
      last: uploads.at(-1)?.key,
    }
  })
}

export function allBuckets(
  pageAt: (more: { marker?: string }) => Promise<BucketsPage>,
): Listing<BucketSummary> {
  return pages('ListBuckets', {}, async marker => {
    const { buckets, nextMarker } = await pageAt(marker)
    return {
      items: buckets,
      next: nextMarker === undefined ? undefined : { marker: nextMarker },
      last: buckets.at(-1)?.name,
    }
  })
}

interface Page<Item, Marker> {
  readonly items: readonly Item[]
  /** The marker that the next page starts at. `undefined` at the end. */
  readonly next: Marker | undefined
  /** The last name on the page, if the listing can be checked by it. */
  readonly last: string | undefined
}

/** A page may be empty although more pages follow. This many empty pages in a row are a fault. */
const emptyPagesMax = 100

/**
 * Reads all pages.
 * @param pageAt gets the page at a marker
 * @throws {NetworkError} `BAD_ANSWER` for a page that does not continue after the page before it
 */
async function* pages<Item, Marker>(
  operation: string,
  start: Marker,
  pageAt: (marker: Marker) => Promise<Page<Item, Marker>>,
): Listing<Item> {
  let marker = start
  let reached: string | undefined
  let empty = 0
  for (;;) {
    const page = await pageAt(marker)
    yield* page.items
    if (page.next === undefined) return
    empty = page.items.length === 0 ? empty + 1 : 0
    const isSame = JSON.stringify(page.next) === JSON.stringify(marker)
    if (isSame || empty > emptyPagesMax || isBehind(page.last, reached)) {
      throw new NetworkError('BAD_ANSWER', 'A page of the listing does not lead further', {
        sent: 'maybe',
        operation,
        hint: 'Check the endpoint and any proxy between here and there',
      })
    }
    reached = page.last ?? reached
    marker = page.next
  }
}

/**
 * Returns true if the page ends before a name that was already listed. Uploads of one key may fill several pages, so
 * an equal name is allowed.
 */
function isBehind(last: string | undefined, reached: string | undefined): boolean {
  return last !== undefined && reached !== undefined && compareKeys(last, reached) < 0
}
