// All that the checks can read or call: the machine, the network, and OSS. Tests replace it.

import type {
  Bucket,
  Clock,
  ConnectionReport,
  CredentialsLink,
  JournalStore,
} from '../../runtimes/node/index.ts'
import type { Address } from '../args/address.ts'

export interface World {
  /** The address that the user wants to upload to; `undefined` if none was given. */
  readonly target: Address | undefined
  readonly signal: AbortSignal
  /** The time by the clock of this machine, epoch milliseconds. */
  now(): number
  /** Measures time and waits. Changes of the system clock have no effect on it. */
  readonly stopwatch: Pick<Clock, 'monotonic' | 'sleep'>
  readonly program: { readonly version: string; readonly node: string; readonly platform: string }
  /** The flag or environment variable that turns off certificate checks, if one does. */
  readonly uncheckedBy: string | undefined
  readonly checkpointDir: string
  readonly checkpoints: JournalStore
  /** The sources of credentials, in the order in which they are checked. */
  credentials(): Promise<readonly CredentialsLink[]>
  /** Returns the same bucket each time. Without a target, it has a placeholder name. */
  bucket(): Promise<Bucket>
  /** Connects to the endpoint on the first call. Later calls return the same report. */
  connection(): Promise<ConnectionReport>
  /** Sends an unsigned request to the endpoint on the first call. Later calls return the same answer. */
  answer(): Promise<FirstAnswer>
  folder(path: string): Promise<FolderReport>
  /** Returns a random string that makes a name unique. */
  randomName(): string
  randomBytes(size: number): Uint8Array
}

export interface FirstAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The time by the clock of this machine, epoch milliseconds. */
  readonly sentAt: number
  readonly receivedAt: number
}

export interface FolderReport {
  /** The folders on the path that do not exist yet, the uppermost first. */
  readonly missing: readonly string[]
  /** Permission bits of the folder, as in `chmod`. Absent on Windows, and if the folder does not exist. */
  readonly mode?: number
  /** Free space for this user, in the file system of the nearest folder that exists. */
  readonly freeBytes?: number
  readonly fileSystem?: string
  /** Removes the folders listed in `missing` that exist by now and are empty. */
  removeMissing(): Promise<void>
}
