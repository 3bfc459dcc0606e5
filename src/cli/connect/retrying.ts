// Retries single requests as an upload does, but does not wait for a lost connection, because the user is waiting
// for the answer.

import { type Bucket, type Retrying, withRetries } from '../../runtimes/node/index.ts'
import type { Shell } from '../args/command.ts'
import { eventTrace } from '../view/event-note.ts'

export function retrying(bucket: Bucket, { screen, signal }: Shell): Retrying {
  return withRetries(bucket, {
    signal,
    offlineTimeoutMs: 0,
    onEvent: event => screen.debug(eventTrace(event)),
  })
}
