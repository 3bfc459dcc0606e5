// The progress of an upload, as its listeners get it.

/** One part, for a program that draws them. */
export interface PartProgress {
  readonly partNumber: number
  /** First byte of the part in the source. */
  readonly position: number
  readonly size: number
  /** The state of the part. `kept`: OSS confirmed the part in an earlier run. `confirmed`: in this run. */
  readonly state: 'waiting' | 'sending' | 'retrying' | 'confirmed' | 'kept'
  /** Bytes written to the connection in the current attempt. */
  readonly sentBytes: number
  /** Attempts of this run: more than 1 if the part was sent again. */
  readonly attempts: number
}

/** The progress of an upload at one moment. */
export interface ProgressSnapshot {
  /** `preparing` reads the checkpoint and the source, `completing` waits for OSS to make the object of the parts. */
  readonly phase: 'preparing' | 'verifying' | 'sending' | 'completing' | 'done'
  /** Size of the source in bytes; `undefined` if not known. */
  readonly totalBytes: number | undefined
  /**
   * How much OSS has confirmed: 0 to 100, rounded down to one decimal, 100 only when all is confirmed.
   * `undefined` when the source's length is not known; 0 for an empty source until it is stored.
   */
  readonly percent: number | undefined
  /** Bytes that OSS has confirmed, earlier runs included. Never falls within a round. */
  readonly confirmedBytes: number
  /** Of these, the bytes that earlier runs sent. */
  readonly resumedBytes: number
  /** Body bytes that this run written to connections, those sent twice included. */
  readonly sentBytes: number
  /** Of these, the bytes in flight: written to connections and not yet confirmed. */
  readonly inFlightBytes: number
  /** Of `bytesToVerify`, the bytes read so far. */
  readonly verifiedBytes: number | undefined
  /** Confirmed bytes whose source is being read and hashed again; `undefined` at other times. */
  readonly bytesToVerify: number | undefined
  /** The number of the round, from 1. A new round starts when confirmed parts are no longer valid; see `roundReason`. */
  readonly round: number
  readonly roundReason: string | undefined
  /** Bytes a second that this run sent, over the last seconds; `undefined` until known. */
  readonly bytesPerSecond: number | undefined
  /** Milliseconds to the end at the recent rate. Bytes that are sent twice count once. */
  readonly remainingMs: number | undefined
  /** An estimate while part sizes are chosen during the upload. */
  readonly partsTotal: number | undefined
  readonly partsConfirmed: number
  readonly partsInFlight: number
  readonly retries: number
  /** The time since which no request has reached OSS, epoch milliseconds; `undefined` when online. */
  readonly offlineSince: number | undefined
  /** When the upload gives up waiting for the network, epoch milliseconds. */
  readonly offlineUntil: number | undefined
  /** Every part's state, computed when called. Parts whose size is not chosen yet are missing. Empty for a single PutObject. */
  parts(): readonly PartProgress[]
}
