// Node's diagnostics channels. A subscriber sees every request and upload of the process, and the code that uploads
// needs no change. docs/guide/observing.md lists the published events.

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
    // Each channel is checked, because not every runtime has `hasSubscribers` on the group of channels.
    isWanted: () =>
      channel.start.hasSubscribers ||
      channel.end.hasSubscribers ||
      channel.asyncStart.hasSubscribers ||
      channel.asyncEnd.hasSubscribers ||
      channel.error.hasSubscribers,
    around: (report, work) => channel.tracePromise(work, report),
  }
}
