// Node's diagnostics channels: whoever subscribes to them sees every request and upload of the process,
// without a word in the code that uploads. docs/guide/observing.md says what is published.

import { tracingChannel } from 'node:diagnostics_channel'
import type { Observer, RequestReport, UploadReport, Watch } from '../../ports.ts'

/** Publishes on `tracing:ossup:request:*` and `tracing:ossup:upload:*`. */
export const nodeObserver: Observer = {
  requests: traced<RequestReport>('ossup:request'),
  uploads: traced<UploadReport>('ossup:upload'),
}

function traced<Report extends object>(name: string): Watch<Report> {
  const channel = tracingChannel<Report, Report>(name)
  return {
    // Of each channel, since not every runtime knows the sum.
    isWanted: () =>
      channel.start.hasSubscribers ||
      channel.end.hasSubscribers ||
      channel.asyncStart.hasSubscribers ||
      channel.asyncEnd.hasSubscribers ||
      channel.error.hasSubscribers,
    around: (report, work) => channel.tracePromise(work, report),
  }
}
