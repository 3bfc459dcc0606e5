// One record is one line: 16 hex digits of CRC-64 over the text, a blank, the JSON text, a line feed. Decoding never
// throws, with any bytes: a line with a wrong CRC-64 is skipped and counted.

import { crc64 } from '../hash/crc64.ts'
import { partCountMax } from '../limits.ts'
import { type JournalRecord, journalVersion } from './record.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const checkSize = 16

/** The bytes to append for these records. */
export function encodeRecords(records: readonly JournalRecord[]): Uint8Array {
  let text = ''
  for (const record of records) {
    const json = JSON.stringify(record)
    text += `${checkOf(encoder.encode(json))} ${json}\n`
  }
  return encoder.encode(text)
}

export interface DecodedJournal {
  readonly records: readonly JournalRecord[]
  /** Lines with a wrong CRC-64, also a torn last line. Sound lines of unknown types do not count. */
  readonly damaged: number
  /** True if the last line is not whole: then a new record must start on a new line. */
  readonly torn: boolean
}

/** The sound records of a journal's bytes. */
export function decodeJournal(bytes: Uint8Array): DecodedJournal {
  const records: JournalRecord[] = []
  let damaged = 0
  let from = 0
  while (from < bytes.length) {
    const feed = bytes.indexOf(0x0a, from)
    // A last line without a line feed counts as sound: the next append adds the line feed.
    const to = feed === -1 ? bytes.length : feed
    const value = decodeLine(bytes.subarray(from, to))
    if (isRecord(value)) records.push(value)
    else if (to > from && !isOfUnknownType(value)) damaged++
    from = to + 1
  }
  return { records, damaged, torn: bytes.length > 0 && bytes[bytes.length - 1] !== 0x0a }
}

/** The record of a line, if its CRC-64 is right. */
function decodeLine(line: Uint8Array): unknown {
  if (line.length <= checkSize + 1 || line[checkSize] !== 0x20) return undefined
  const json = line.subarray(checkSize + 1)
  if (decoder.decode(line.subarray(0, checkSize)) !== checkOf(json)) return undefined
  try {
    return JSON.parse(decoder.decode(json))
  } catch {
    return undefined
  }
}

function checkOf(json: Uint8Array): string {
  return crc64(json).toString(16).padStart(checkSize, '0')
}

type Check = (value: unknown) => boolean

const text: Check = value => typeof value === 'string'
const count: Check = value => Number.isSafeInteger(value) && (value as number) >= 0
const digits: Check = value => typeof value === 'string' && /^\d{1,20}$/.test(value)
const partNumber: Check = value => count(value) && value !== 0 && (value as number) <= partCountMax
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value)

/** The required fields of each record and their types. A record without one of them is not sound. */
const shapes: Readonly<Record<JournalRecord['t'], Readonly<Record<string, Check>>>> = {
  begin: {
    v: count,
    bucket: text,
    key: text,
    place: text,
    endpoint: text,
    style: text,
    region: text,
    source: text,
    name: text,
    at: count,
  },
  source: {
    size: count,
    mtimeNs: optional(timestamp),
    ctimeNs: optional(timestamp),
    inode: optional(text),
    crc64: optional(digits),
    at: count,
  },
  ending: { acl: optional(text), callback: optional(value => value === 1) },
  intent: {
    nonce: text,
    headers: value => isObject(value) && Object.values(value).every(text),
    partSize: value => count(value) && value !== 0,
    at: count,
    oss: optional(value => Array.isArray(value) && value.length === 2 && value.every(count)),
  },
  upload: { id: text, nonce: text, at: count },
  cut: { n: partNumber, o: count, s: count, k: partNumber },
  part: { n: partNumber, o: count, s: count, e: text, c: digits },
  drop: { n: value => Array.isArray(value) && value.every(partNumber) },
  completing: { size: count, c: digits, parts: count, at: count },
  aborting: { id: text, why: text },
  aborted: { id: text },
  settled: { nonce: text },
  done: { e: text, c: digits },
}

function isRecord(value: unknown): value is JournalRecord {
  if (!isObject(value) || typeof value.t !== 'string') return false
  // A `begin` of a later version may lack all fields but these. We must recognise it, to refuse the journal.
  if (value.t === 'begin' && value.v !== journalVersion) return typeof value.v === 'number'
  if (!Object.hasOwn(shapes, value.t)) return false
  const shape = shapes[value.t as JournalRecord['t']]
  return Object.entries(shape).every(([name, check]) => check(value[name]))
}

/** A record of a later version; `fold` ignores it. */
function isOfUnknownType(value: unknown): boolean {
  return isObject(value) && typeof value.t === 'string' && !Object.hasOwn(shapes, value.t)
}

/** Nanoseconds since the epoch, or before it. */
function timestamp(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
