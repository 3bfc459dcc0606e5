// The events of one upload, for logs and live views.

/** A single event of a download. More types may come: ignore those that you do not know. */
export type ReadEvent = Extract<UploadEvent, { type: 'retry' | 'offline' | 'online' }>

/** A single event of an upload. More types may come: ignore those that you do not know. */
export type UploadEvent =
  | { type: 'started'; uploadId: string }
  | { type: 'resumed'; uploadId: string; bytes: number; parts: number }
  | { type: 'part'; partNumber: number; size: number; attempts: number }
  | {
      type: 'retry'
      operation: string
      partNumber?: number
      attempt: number
      /** Maximum number of attempts. */
      attemptsMax: number
      delayMs: number
      code: string
      reason: string
    }
  /** With `wait`: another process runs this upload. Fields that are not known are left out. */
  | { type: 'waiting'; host?: string; pid?: number; since?: number }
  /** With a spool folder: bytes of the stream in its file. Sending starts once the file is complete. */
  | { type: 'spooling'; bytes: number; isWhole: boolean }
  /** No connection can be made. The upload waits up to `timeoutMs`. */
  | { type: 'offline'; reason: string; timeoutMs: number }
  | { type: 'online'; afterMs: number }
  | { type: 'round'; reason: string; partsKept: number; partsDropped: number }
  | { type: 'completing' }
  | { type: 'warning'; code: string; message: string }
