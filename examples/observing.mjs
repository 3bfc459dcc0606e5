// Observes uploads with your own logger, and with figures from the diagnostics channels.
//
//   OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou node observing.mjs large.file

import { tracingChannel } from 'node:diagnostics_channel'
import { basename } from 'node:path'
import { Bucket, resumableUpload } from 'ossup'

/** One JSON object a line, as log collectors want it; no requests, which are at level debug. */
const line = level => message => {
  console.error(JSON.stringify({ at: new Date().toISOString(), level, message }))
}
const logger = { debug() {}, info: line('info'), warn: line('warn'), error: line('error') }

/** Requests and their time by operation: what one would give to a metrics library. */
const figures = new Map()
const ignore = () => {}
tracingChannel('ossup:request').subscribe({
  start: ignore,
  end: ignore,
  asyncStart: ignore,
  error: ignore,
  asyncEnd({ operation, attempt, error, durationMs }) {
    const seen = figures.get(operation) ?? { requests: 0, repeated: 0, failed: 0, ms: 0 }
    seen.requests += 1
    if (attempt > 1) seen.repeated += 1
    if (error !== undefined) seen.failed += 1
    seen.ms += durationMs
    figures.set(operation, seen)
  },
})

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env
const bucket = new Bucket({ name: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT, logger })
const [file] = process.argv.slice(2)
await resumableUpload(bucket, basename(file), file)
console.log(JSON.stringify(Object.fromEntries(figures)))
