// What OSS allows. Source of all: the OSS limits page and the pages of the operations named.

/** Parts of one upload, numbered from 1. */
export const partCountMax = 10_000
/** Bytes of every part but the last; checked by OSS at Complete. */
export const partSizeMin = 100 * 1024
/** Bytes of any part. */
export const partSizeMax = 5 * 1024 ** 3
/** Bytes of an object sent by PutObject. */
export const putSizeMax = 5 * 1024 ** 3
/** Bytes of an object key in UTF-8. */
export const keySizeMax = 1023
/** Bytes of an object sent in parts. */
export const objectSizeMax = partCountMax * partSizeMax
/** Parts, or uploads, of one page of a listing. */
export const listPageMax = 1000
/** A bucket name; OSS's rule for new buckets. */
export const bucketPattern = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
/** A region id, without the `oss-` that older interfaces put before it. */
export const regionPattern = /^[a-z0-9-]+$/
