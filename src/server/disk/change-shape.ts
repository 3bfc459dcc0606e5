// Checks the shape of a log line. The folder may come from another user (a fixture, a CI cache). Even a line with a
// valid checksum may name a file outside the folder, or lack fields that the server relies on.

import type { Change } from '../store/catalog.ts'

/** Returns whether a name is allowed for a blob. It becomes a file name. */
export function isBlobName(name: unknown): name is string {
  return typeof name === 'string' && /^[\w-]{1,100}$/.test(name)
}

export function isChange(value: unknown): value is Change {
  if (!isRecord(value)) return false
  switch (value.do) {
    case 'bucket':
      return isRecord(value.bucket) && isText(value.bucket.name)
    case 'next-version':
      return isCount(value.number)
    case 'drop-bucket':
      return isText(value.in)
    case 'object':
    case 'change':
      return isText(value.in) && isObject(value.object)
    case 'complete':
      return isText(value.in) && isText(value.id) && isObject(value.object)
    case 'drop-version':
      return isText(value.in) && isText(value.key) && isText(value.id)
    case 'drop-objects':
      return isText(value.in) && isList(value.keys, isText)
    case 'all':
      return isText(value.in) && isList(value.changes, isChange)
    case 'upload':
      return isText(value.in) && isRecord(value.upload) && isText(value.upload.id)
    case 'part':
      return isText(value.in) && isText(value.id) && isPart(value.part)
    case 'drop-parts':
    case 'drop-upload':
      return isText(value.in) && isText(value.id)
    default:
      return false
  }
}

function isObject(value: unknown): boolean {
  return (
    isRecord(value) && isText(value.key) && isCount(value.size) && isList(value.segments, isSegment)
  )
}

function isPart(value: unknown): boolean {
  return isRecord(value) && isCount(value.number) && isList(value.segments, isSegment)
}

function isSegment(value: unknown): boolean {
  return isRecord(value) && isBlobName(value.blob) && isCount(value.offset) && isCount(value.size)
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
