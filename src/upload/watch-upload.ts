// Reports an upload to the runtime's observer and to the bucket's logger.

import type { Bucket } from '../bucket/bucket.ts'
import { logEvent, logUpload } from '../observe/logging.ts'
import type { UploadResult } from '../options/upload-options.ts'
import type { UploadEvent } from '../progress/upload-event.ts'
import type { Job } from './run/run.ts'

/**
 * Runs an upload and reports it.
 * @param run gets the job, whose events also go to the logger
 */
export function watchUpload<J extends Job>(
  { logger, ports }: Bucket,
  job: J,
  run: (job: J) => Promise<UploadResult>,
): Promise<UploadResult> {
  const watch = ports.observer?.uploads
  const isWatched = watch?.isWanted() === true
  if (logger === undefined && !isWatched) return run(job)
  const { bucket, key, sourceName: source, options } = job
  const report = { bucket, key, source }
  const logged = () => {
    if (logger === undefined) return run(job)
    const onEvent = (event: UploadEvent) => {
      logEvent(logger, report, event)
      return options.onEvent?.(event)
    }
    return logUpload(logger, report, options.signal, () =>
      run({ ...job, options: { ...options, onEvent } }),
    )
  }
  return isWatched ? watch.around(report, logged) : logged()
}
