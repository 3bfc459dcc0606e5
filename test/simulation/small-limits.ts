// Replaces src/limits.ts in the simulation's bundle: OSS's limits in miniature, so that an upload of
// many parts is a few hundred bytes and a thousand of them pass in a second.

export {
  bucketPattern,
  keySizeMax,
  listPageMax,
  objectSizeMax,
  partCountMax,
  partSizeMax,
  putSizeMax,
  regionPattern,
} from '../../src/limits.ts'

/** Bytes of every part but the last. */
export const partSizeMin = 64
