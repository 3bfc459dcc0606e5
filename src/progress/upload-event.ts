// The events of one upload, for logs and live views.

/** What happens while an object is read. More kinds may come: ignore those that you do not know. */
export type ReadEvent = Extract<UploadEvent, { type: 'retry' | 'offline' | 'online' }>

/** What happens in an upload, one by one. More kinds may come: ignore what you do not know. */
export type UploadEvent =
  | { type: 'started'; uploadId: string }
  | { type: 'resumed'; uploadId: string; bytes: number; parts: number }
  | { type: 'part'; partNumber: number; size: number; attempts: number }
  | {
      type: 'retry'
      operation: string
      partNumber?: number
      attempt: number
      /** How often it is tried in all. */
      attemptsMax: number
      delayMs: number
      code: string
      reason: string
    }
  /** With `wait`: another owner does this upload, as far as it is known who. */
  | { type: 'waiting'; host?: string; pid?: number; since?: number }
  /** With a spool folder: so much of a stream is in its file by now. Nothing is sent before it is whole. */
  | { type: 'spooling'; bytes: number; isWhole: boolean }
  /** No connection can be made; that is waited out for `timeoutMs`. */
  | { type: 'offline'; reason: string; timeoutMs: number }
  | { type: 'online'; afterMs: number }
  | { type: 'round'; reason: string; partsKept: number; partsDropped: number }
  | { type: 'completing' }
  | { type: 'warning'; code: string; message: string }
