import { OssupError } from '../errors.ts'
import type { BatchResult } from './batch-options.ts'

/** Some files of a batch could not be uploaded; the others are. `onFile` has told of each. */
export class BatchError extends OssupError {
  static override readonly kind: string = 'BatchError'
  readonly result: BatchResult

  constructor(result: BatchResult) {
    const { uploaded, unchanged, failed } = result
    super('SOME_FAILED', `${failed} of ${uploaded + unchanged + failed} files failed`, {
      hint: 'Run it again: what is there by then is not sent again',
      resumable: true,
    })
    this.result = result
  }
}
