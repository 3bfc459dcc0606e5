// What a caller sees of an upload at one moment.

/** One part, for anyone who wants to draw them. */
export interface PartProgress {
  readonly partNumber: number
  /** First byte of the part in the source. */
  readonly position: number
  readonly size: number
  /** `kept`: confirmed by OSS in an earlier run. `confirmed`: in this one. */
  readonly state: 'waiting' | 'sending' | 'retrying' | 'confirmed' | 'kept'
  /** Bytes handed to the connection in the attempt under way. */
  readonly sentBytes: number
  /** Attempts that this run began: more than 1 if it had to be sent again. */
  readonly attempts: number
}

/** How far an upload is, at one moment. */
export interface ProgressSnapshot {
  /** `preparing` reads journal and source, `completing` waits for OSS to put the object together. */
  readonly phase: 'preparing' | 'verifying' | 'sending' | 'completing' | 'done'
  /** `undefined` when the source's length is not known. */
  readonly totalBytes: number | undefined
  /**
   * How much OSS has confirmed: 0 to 100, rounded down to one decimal, 100 only when all is confirmed.
   * `undefined` when the source's length is not known; 0 for an empty source until it is stored.
   */
  readonly percent: number | undefined
  /** Bytes that OSS has confirmed, earlier runs included. Never falls within a round. */
  readonly confirmedBytes: number
  /** Of these, what earlier runs had done. */
  readonly resumedBytes: number
  /** Body bytes handed to connections in this run, repeats included. */
  readonly sentBytes: number
  /** Of these, in the attempts under way: handed to connections and not confirmed yet. */
  readonly inFlightBytes: number
  /** Of `bytesToVerify`, what was read so far. */
  readonly verifiedBytes: number | undefined
  /** Confirmed bytes whose source is being read and hashed again; `undefined` while none is. */
  readonly bytesToVerify: number | undefined
  /** Counts from 1. A new round begins when confirmed parts had to be given up; see `roundReason`. */
  readonly round: number
  readonly roundReason: string | undefined
  /** Bytes a second over the last seconds, of what this run sent; `undefined` until known. */
  readonly bytesPerSecond: number | undefined
  /** Milliseconds to the end, at the rate at which bytes got nearer to it lately: what is sent twice counts once. */
  readonly remainingMs: number | undefined
  /** An estimate while part sizes are chosen on the way. */
  readonly partsTotal: number | undefined
  readonly partsConfirmed: number
  readonly partsInFlight: number
  readonly retries: number
  /** Since when no request has reached OSS, epoch milliseconds; `undefined` when online. */
  readonly offlineSince: number | undefined
  /** Until when that is waited out, epoch milliseconds. */
  readonly offlineUntil: number | undefined
  /** Every part's state, computed when called; what is not cut yet is missing. Empty for a single PutObject. */
  parts(): readonly PartProgress[]
}
