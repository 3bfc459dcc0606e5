// A network line in figures: what many connections share, what each may have, what goes wrong. The bytes
// are counted, never moved; time is virtual. Connections share fairly, as TCP's roughly do.

/** What holds at one moment. Rates are bytes a millisecond. */
export interface Conditions {
  /** Of all connections together, ours and those of others. */
  readonly capacity: number
  /** Of one connection. */
  readonly perConnection: number
  /** Connections of others, each as hungry as ours. */
  readonly others?: number
}

export interface LineModel {
  readonly name: string
  readonly what: string
  /** Bytes of the object. */
  readonly size: number
  readonly roundTripMs: number
  /** Conditions from a moment on, ascending, the first at 0. */
  readonly conditions: readonly (Conditions & { readonly fromMs: number })[]
  /** A connection breaks after this many bytes, on average. */
  readonly bytesPerBreak?: number
  /** This share of all requests breaks somewhere in the middle, however long they are. */
  readonly requestBreaks?: number
  /** OSS answers 503 to what begins while more than this rate is used, bytes a millisecond. */
  readonly throttleAbove?: number
  /** From this number of connections on, each further one makes another break. */
  readonly connectionsMax?: number
}

const MB = 1_000_000
/** Megabytes a second, as bytes a millisecond. */
const rate = (megabytes: number) => (megabytes * MB) / 1000

/** Traffic of others that comes and goes, the same on every run. */
function comingAndGoing(base: Conditions, most: number, everyMs: number, untilMs: number) {
  let state = 12345
  return Array.from({ length: Math.ceil(untilMs / everyMs) }, (_, index) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return { ...base, others: Math.floor((state / 2 ** 32) * (most + 1)), fromMs: index * everyMs }
  })
}

const still = (capacity: number, perConnection: number) => [
  { fromMs: 0, capacity: rate(capacity), perConnection: rate(perConnection) },
]

export const lineModels: readonly LineModel[] = [
  {
    name: 'brief',
    what: 'the long line below, for a few seconds: 256 MB',
    size: 256 * MB,
    roundTripMs: 50,
    conditions: still(1000, 2),
  },
  {
    name: 'longer',
    what: 'the long line below, 1 GB',
    size: 1000 * MB,
    roundTripMs: 50,
    conditions: still(1000, 2),
  },
  {
    name: 'long',
    what: '50 ms away, 2 MB/s a connection, more bandwidth than any client uses',
    size: 4000 * MB,
    roundTripMs: 50,
    conditions: still(1000, 2),
  },
  {
    name: 'far',
    what: '200 ms away, 1 MB/s a connection, 24 MB/s in all',
    size: 1500 * MB,
    roundTripMs: 200,
    conditions: still(24, 1),
  },
  {
    name: 'thin',
    what: '30 ms away, 1.2 MB/s, which one connection fills',
    size: 100 * MB,
    roundTripMs: 30,
    conditions: still(1.2, 10),
  },
  {
    name: 'near',
    what: '0.5 ms away, 110 MB/s, which one connection fills',
    size: 4000 * MB,
    roundTripMs: 0.5,
    conditions: still(110, 1000),
  },
  {
    name: 'lossy',
    what: '80 ms away, 1.5 MB/s a connection, 20 MB/s in all, a break every 6 MB of a connection',
    size: 600 * MB,
    roundTripMs: 80,
    conditions: still(20, 1.5),
    bytesPerBreak: 6 * MB,
  },
  {
    name: 'flaky',
    what: '50 ms away, 2 MB/s a connection, every fourth request breaks, however long they are',
    size: 600 * MB,
    roundTripMs: 50,
    conditions: still(1000, 2),
    requestBreaks: 0.25,
  },
  {
    name: 'throttled',
    what: '20 ms away, 4 MB/s a connection, 503 above 40 MB/s',
    size: 3000 * MB,
    roundTripMs: 20,
    conditions: still(1000, 4),
    throttleAbove: rate(40),
  },
  {
    name: 'shared',
    what: '40 ms away, 30 MB/s, up to 4 connections of others that come and go every 4 s',
    size: 1500 * MB,
    roundTripMs: 40,
    conditions: comingAndGoing({ capacity: rate(30), perConnection: rate(3) }, 4, 4000, 400_000),
  },
  {
    name: 'changing',
    what: '50 ms away; wide with 2 MB/s a connection, then 5 MB/s in all, then wide again',
    size: 3000 * MB,
    roundTripMs: 50,
    conditions: [
      { fromMs: 0, capacity: rate(60), perConnection: rate(2) },
      { fromMs: 25_000, capacity: rate(5), perConnection: rate(5) },
      { fromMs: 70_000, capacity: rate(60), perConnection: rate(2) },
    ],
  },
  {
    name: 'slowing',
    what: '50 ms away, 60 MB/s in all; 10 MB/s a connection, after 30 s only 1.5',
    size: 5000 * MB,
    roundTripMs: 50,
    conditions: [
      { fromMs: 0, capacity: rate(60), perConnection: rate(10) },
      { fromMs: 30_000, capacity: rate(60), perConnection: rate(1.5) },
    ],
  },
  {
    name: 'fragile',
    what: '50 ms away, 2 MB/s a connection; a thirteenth one makes another break',
    size: 1500 * MB,
    roundTripMs: 50,
    conditions: still(1000, 2),
    connectionsMax: 12,
  },
]
