// The limits of OSS. Source: the OSS limits page, and the pages of the operations that the comments name.

/** Maximum number of parts of one upload. Part numbers start at 1. */
export const partCountMax = 10_000
/** Minimum size of every part but the last, in bytes. OSS checks it at Complete. */
export const partSizeMin = 100 * 1024
/** Maximum size of a part, in bytes. */
export const partSizeMax = 5 * 1024 ** 3
/** Maximum size of an object sent by PutObject, in bytes. */
export const putSizeMax = 5 * 1024 ** 3
/** Maximum size of an object key in UTF-8, in bytes. */
export const keySizeMax = 1023
/** Maximum size of an object sent in parts, in bytes. */
export const objectSizeMax = partCountMax * partSizeMax
/** Maximum number of parts or uploads on one page of a listing. */
export const listPageMax = 1000
/** The form of a bucket name: OSS's rule for new buckets. */
export const bucketPattern = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
/** The form of a region id, without the `oss-` that older interfaces put in front. */
export const regionPattern = /^[a-z0-9-]+$/
