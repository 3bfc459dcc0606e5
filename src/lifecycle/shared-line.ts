// What the uploads of one batch have in common: a hundred files at a time must not open a hundred
// times as many connections as one, nor send a hundred times as many bytes a second.

import type { Budget } from '../running.ts'
import type { Bandwidth } from '../schedule/bandwidth.ts'
import type { Slots } from '../schedule/slots.ts'

export interface SharedLine {
  readonly budget: Budget
  /** Connections for what is sent in one request. */
  readonly slots: Slots
  readonly bandwidth: Bandwidth | undefined
  /** OSS has answered to one of them: from then on, being offline is waited out. */
  hasAnswered: boolean
}
