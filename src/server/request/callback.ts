// Callbacks (3.14): after an object is stored, OSS posts to the application's server and returns its answer to the
// client. If the post fails, the client gets status 203: the object is stored, but the callback failed.

import { invalidArgument, OssFault } from '../http/errors.ts'
import type { ServerResponse } from '../http/http.ts'
import { ownValue } from '../http/own-value.ts'
import type { ObjectRecord } from '../store/records.ts'
import { CallbackRefused } from './callback-request.ts'
import type { Context } from './context.ts'

export interface Callback {
  readonly urls: readonly string[]
  readonly host?: string
  readonly bodyTemplate: string
  readonly contentType: string
  readonly variables: Readonly<Record<string, string>>
}

const formType = 'application/x-www-form-urlencoded'
const jsonType = 'application/json'
const sizeMax = 5 * 1024
const urlsMax = 5

/**
 * Reads the callback of a request.
 * @throws {OssFault} InvalidArgument, before anything is stored
 */
export function readCallback({ request, query }: Context): Callback | undefined {
  const given = pickOne('callback', request.headers['x-oss-callback'], query.get('callback'))
  const variables = pickOne(
    'callback-var',
    request.headers['x-oss-callback-var'],
    query.get('callback-var'),
  )
  if (given === undefined) return undefined
  const { callbackUrl, callbackBody, callbackHost, callbackBodyType } = readJson('callback', given)
  const urls = callbackUrl?.split(';').filter(url => url !== '') ?? []
  if (urls.length < 1 || urls.length > urlsMax || !callbackBody) {
    throw invalidArgument('callback', given, 'callbackUrl and callbackBody are required.')
  }
  const bad = urls.find(url => !URL.canParse(withScheme(url)))
  if (bad !== undefined) throw invalidArgument('callbackUrl', bad, 'This is no URL.')
  const contentType = callbackBodyType ?? formType
  if (contentType !== formType && contentType !== jsonType) {
    throw invalidArgument('callbackBodyType', contentType)
  }
  return {
    urls: urls.map(withScheme),
    bodyTemplate: callbackBody,
    contentType,
    variables: variables === undefined ? {} : readJson('callback-var', variables),
    ...(callbackHost ? { host: callbackHost } : {}),
  }
}

/** Adds a missing scheme, because OSS's documentation has examples without one. */
function withScheme(url: string): string {
  return /^https?:\/\//i.test(url) ? url : `http://${url}`
}

/** Posts the callback and returns the answer to the client, after the object was stored. */
export async function withCallback(
  { sendCallback, bucket }: Context,
  callback: Callback | undefined,
  object: ObjectRecord,
  answer: ServerResponse,
): Promise<ServerResponse> {
  if (!callback) return answer
  const { etag, 'x-oss-hash-crc64ecma': crc = '' } = answer.headers
  const kept = { ...(etag === undefined ? {} : { etag }), 'x-oss-hash-crc64ecma': crc }
  const values: Record<string, string> = {
    bucket,
    object: object.key,
    etag: object.etag,
    size: String(object.size),
    mimeType: object.attributes.headers['content-type'] ?? '',
    'imageInfo.height': '',
    'imageInfo.width': '',
    'imageInfo.format': '',
    ...callback.variables,
  }
  const body = fill(callback, values)
  let refused: CallbackRefused | undefined
  for (const url of callback.urls) {
    try {
      if (!sendCallback) break
      const text = await sendCallback({
        url,
        contentType: callback.contentType,
        body,
        ...(callback.host === undefined ? {} : { host: callback.host }),
      })
      const bytes = new TextEncoder().encode(text)
      const headers = {
        ...kept,
        'content-type': jsonType,
        'content-length': String(bytes.length),
      }
      return { status: 200, headers, body: bytes }
    } catch (error) {
      if (error instanceof CallbackRefused) refused = error
      // Tries the next URL. If all fail, the answer after the loop says so.
    }
  }
  throw new OssFault('CallbackFailed', {
    headers: kept,
    ...(refused && { message: `Error status : ${refused.status}.` }),
  })
}

/**
 * Fills in the variables. In a form, values are URL-encoded. In JSON, they are JSON values, with or without quotes
 * around the variable.
 */
function fill({ bodyTemplate, contentType }: Callback, values: Record<string, string>): string {
  const isJson = contentType === jsonType
  return bodyTemplate.replace(
    /("?)\$\{([^}]+)\}("?)/g,
    (_, before: string, name: string, after: string) => {
      const value = ownValue(values, name) ?? ''
      if (!isJson) return before + encodeURIComponent(value) + after
      return name === 'size' && before === '' ? value : JSON.stringify(value)
    },
  )
}

function pickOne(name: string, header: string | undefined, query: string | undefined) {
  if (header !== undefined && query !== undefined) {
    throw invalidArgument(name, header, `${name} is given in both header and query.`)
  }
  const given = header ?? query
  if (given !== undefined && given.length > sizeMax)
    throw invalidArgument(name, given, 'Over 5 KB.')
  return given
}

function readJson(name: string, base64: string): Record<string, string> {
  // The messages have the service's own words, because the C++ SDK's test suite compares them.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw invalidArgument(name, base64, 'The callback configuration is not base64 encoded.')
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(base64, 'base64').toString())
  } catch {
    parsed = undefined
  }
  if (typeof parsed !== 'object' || parsed === null) {
    throw invalidArgument(name, base64, 'The callback configuration is not json format.')
  }
  const pairs = Object.entries(parsed).filter(([, value]) => typeof value !== 'object')
  return Object.fromEntries(pairs.map(([key, value]) => [key, String(value)]))
}
