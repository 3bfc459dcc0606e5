// One record, one line: 16 hex digits of CRC-64 over the text, a blank, the JSON text, a line feed.
// Whatever bytes are read, decoding never throws: a line that fails its check is skipped and counted.

import { crc64 } from '../hash/crc64.ts'
import type { JournalRecord } from './record.ts'

const encoder = new TextEncoder()
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
  /** Lines that failed their check, a torn tail included. */
  readonly damaged: number
  /** The last line is not whole: a new record must begin on a new line. */
  readonly torn: boolean
}

/** The sound records of a journal's bytes. */
export function decodeJournal(bytes: Uint8Array): DecodedJournal {
  const records: JournalRecord[] = []
  let damaged = 0
  let from = 0
  while (from < bytes.length) {
    const feed = bytes.indexOf(0x0a, from)
    const to = feed === -1 ? bytes.length : feed
    const record = feed === -1 ? undefined : decodeLine(bytes.subarray(from, to))
    if (record !== undefined) records.push(record)
    else if (to > from) damaged++
    from = to + 1
  }
  return { records, damaged, torn: bytes.length > 0 && bytes[bytes.length - 1] !== 0x0a }
}

function decodeLine(line: Uint8Array): JournalRecord | undefined {
  if (line.length <= checkSize + 1 || line[checkSize] !== 0x20) return undefined
  const json = line.subarray(checkSize + 1)
  if (new TextDecoder().decode(line.subarray(0, checkSize)) !== checkOf(json)) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(json))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function checkOf(json: Uint8Array): string {
  return crc64(json).toString(16).padStart(checkSize, '0')
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'object'>>

/** The fields a record cannot do without. A sound line of an unknown type is kept for `fold` to skip. */
const shapes: Readonly<Record<JournalRecord['t'], Shape>> = {
  begin: {
    v: 'number',
    bucket: 'string',
    key: 'string',
    place: 'string',
    endpoint: 'string',
    style: 'string',
    region: 'string',
    source: 'string',
    name: 'string',
    at: 'number',
  },
  source: { size: 'number', at: 'number' },
  intent: { nonce: 'string', headers: 'object', partSize: 'number', at: 'number' },
  upload: { id: 'string', nonce: 'string', at: 'number' },
  part: { n: 'number', o: 'number', s: 'number', e: 'string', c: 'string' },
  drop: { n: 'object' },
  completing: { size: 'number', c: 'string', parts: 'number', at: 'number' },
  aborting: { id: 'string', why: 'string' },
  aborted: { id: 'string' },
  settled: { nonce: 'string' },
  done: { e: 'string', c: 'string' },
}

function isRecord(value: unknown): value is JournalRecord {
  if (typeof value !== 'object' || value === null || !('t' in value)) return false
  // A begin of another version may lack any field but these: it must be seen to be refused.
  if (value.t === 'begin' && 'v' in value && value.v !== 1) return typeof value.v === 'number'
  const shape = Object.hasOwn(shapes, String(value.t))
    ? shapes[value.t as JournalRecord['t']]
    : undefined
  if (shape === undefined) return false
  const fields = value as Readonly<Record<string, unknown>>
  return Object.entries(shape).every(([name, type]) => {
    const field = fields[name]
    if (type === 'number') return Number.isSafeInteger(field) && (field as number) >= 0
    if (name === 'c') return typeof field === 'string' && /^\d{1,20}$/.test(field)
    if (name === 'n') return Array.isArray(field) && field.every(Number.isSafeInteger)
    return typeof field === type && field !== null
  })
}
