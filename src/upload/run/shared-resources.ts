// What the uploads of one batch have in common: a hundred files at a time must not open a hundred
// times as many connections as one, nor send a hundred times as many bytes a second.

import type { CompleteOptions } from '../../options/upload-options.ts'
import type { Bandwidth } from '../../schedule/bandwidth.ts'
import type { SingleRequests } from '../../schedule/single-requests.ts'
import type { Budget } from './running.ts'

export interface SharedResources {
  /** Options of each upload, without its own signal and listeners. */
  readonly optionsFor: (contentType: string) => CompleteOptions
  readonly budget: Budget
  /** Connections for objects that are sent in one request. */
  readonly singleRequests: SingleRequests
  /** False if no file of the batch has a checkpoint, so none is searched. */
  readonly hasJournals: () => boolean
  readonly bandwidth: Bandwidth | undefined
}
