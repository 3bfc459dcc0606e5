import { OssupError } from '../errors.ts'
import type { BatchResult } from './batch-options.ts'

/** Some files of a batch failed. The others were uploaded. `onFile` has reported each file. */
export class BatchError extends OssupError {
  static override readonly kind: string = 'BatchError'
  readonly result: BatchResult

  constructor(result: BatchResult) {
    const { uploaded, unchanged, failed } = result
    super('SOME_FAILED', `${failed} of ${uploaded + unchanged + failed} files failed`, {
      hint: 'Run it again: stored files are not sent again',
      resumable: true,
    })
    this.result = result
  }
}
