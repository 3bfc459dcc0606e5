// Everything that the checks ask: the machine, the network, OSS. Tests put another world in its place.

import type {
  Bucket,
  Clock,
  ConnectionReport,
  CredentialsLink,
  JournalStore,
} from '../../runtimes/node/index.ts'
import type { Address } from '../args/address.ts'

export interface World {
  /** Where somebody wants to upload to. */
  readonly target: Address | undefined
  readonly signal: AbortSignal
  /** By the clock of this machine, epoch milliseconds. */
  now(): number
  /** Measures and waits; a change of the clock does not move it. */
  readonly stopwatch: Pick<Clock, 'monotonic' | 'sleep'>
  readonly program: { readonly version: string; readonly node: string; readonly platform: string }
  /** Who says that certificates are not checked, if anybody: a flag or a variable. */
  readonly uncheckedBy: string | undefined
  readonly checkpointDir: string
  readonly checkpoints: JournalStore
  /** The places where credentials can come from, in their order. */
  credentials(): Promise<readonly CredentialsLink[]>
  /** The same bucket every time; of another name than any where there is no target. */
  bucket(): Promise<Bucket>
  /** One connection to the endpoint, made once. */
  connection(): Promise<ConnectionReport>
  /** One unsigned request to the endpoint, sent once. */
  answer(): Promise<FirstAnswer>
  folder(path: string): Promise<FolderReport>
  /** Part of a name that nobody else has. */
  randomName(): string
  randomBytes(size: number): Uint8Array
}

export interface FirstAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** By the clock of this machine, epoch milliseconds. */
  readonly sentAt: number
  readonly receivedAt: number
}

export interface FolderReport {
  /** The folders that are not there yet, the uppermost first. */
  readonly missing: readonly string[]
  /** Bits as of chmod, of the folder itself; none on Windows. */
  readonly mode?: number
  /** Of the file system of what is there. */
  readonly freeBytes?: number
  readonly fileSystem?: string
  /** Takes the folders that were missing away again, those of them that are empty. */
  removeMissing(): Promise<void>
}
