// The events that checkers can see, and how they receive them.

import type { JournalRecord } from '../../src/journal/record.ts'
import type { ProgressSnapshot } from '../../src/progress/snapshot.ts'
import type { UploadEvent } from '../../src/progress/upload-event.ts'
import type { StoreEvent } from './observed-store.ts'
import type { Ending, SimulatedProcess } from './process.ts'
import type { Sent } from './simulated-network.ts'

/** A checker hears what it wants to hear and complains through `World.violate`. */
export interface Checker {
  /** A request leaves, an answer or a failure comes back to the engine. */
  onSend?(sent: Sent): void
  onSettled?(sent: Sent): void
  /** OSS's state changes. */
  onStored?(event: StoreEvent): void
  onOpened?(process: SimulatedProcess): void
  onRecords?(process: SimulatedProcess, records: readonly JournalRecord[], bytes: Uint8Array): void
  onSync?(process: SimulatedProcess): void
  onRemove?(process: SimulatedProcess): void
  onSnapshot?(process: SimulatedProcess, snapshot: ProgressSnapshot): void
  onEvent?(process: SimulatedProcess, event: UploadEvent): void
  onEnding?(process: SimulatedProcess, ending: Ending): void
  /** A person deleted a checkpoint with this content. */
  onForgotten?(contents: Uint8Array): void
  /** The faults are over, an upload has succeeded since, and its pending aborts are done. */
  atEnd?(): Promise<void>
}

/** Tells all of them. */
export class Watch implements Required<Checker> {
  readonly checkers: Checker[] = []

  onSend(sent: Sent): void {
    for (const checker of this.checkers) checker.onSend?.(sent)
  }

  onSettled(sent: Sent): void {
    for (const checker of this.checkers) checker.onSettled?.(sent)
  }

  onStored(event: StoreEvent): void {
    for (const checker of this.checkers) checker.onStored?.(event)
  }

  onOpened(process: SimulatedProcess): void {
    for (const checker of this.checkers) checker.onOpened?.(process)
  }

  onRecords(process: SimulatedProcess, records: readonly JournalRecord[], bytes: Uint8Array): void {
    for (const checker of this.checkers) checker.onRecords?.(process, records, bytes)
  }

  onSync(process: SimulatedProcess): void {
    for (const checker of this.checkers) checker.onSync?.(process)
  }

  onRemove(process: SimulatedProcess): void {
    for (const checker of this.checkers) checker.onRemove?.(process)
  }

  onSnapshot(process: SimulatedProcess, snapshot: ProgressSnapshot): void {
    for (const checker of this.checkers) checker.onSnapshot?.(process, snapshot)
  }

  onEvent(process: SimulatedProcess, event: UploadEvent): void {
    for (const checker of this.checkers) checker.onEvent?.(process, event)
  }

  onEnding(process: SimulatedProcess, ending: Ending): void {
    for (const checker of this.checkers) checker.onEnding?.(process, ending)
  }

  onForgotten(contents: Uint8Array): void {
    for (const checker of this.checkers) checker.onForgotten?.(contents)
  }

  async atEnd(): Promise<void> {
    for (const checker of this.checkers) await checker.atEnd?.()
  }
}
