// A small control API for tests that use a server in another process. It is off by default. Its paths start with
// `/_ossup/`, which cannot be a bucket name. It requires a header that a page of another site can send only after a
// preflight, a Host that names this server (with DNS rebinding, every page belongs to the same site), and no Origin
// other than the server's own.

import { messageOf } from '../../foreign/error.ts'
import type { KeyPair, KeyRing } from '../auth/keys.ts'
import type { FaultRule } from '../faults/fault-rules.ts'
import type { Faults } from '../faults/faults.ts'
import { isOwnHost } from '../http/hosts.ts'
import type { Handler, ServerRequest, ServerResponse } from '../http/http.ts'
import { readBody } from '../operations/receive.ts'
import type { Counters } from './counters.ts'

export interface Controlled {
  /** Other names of this server. Addresses and `localhost` are always allowed. */
  readonly hosts: readonly string[]
  readonly counters: Counters
  readonly faults: Faults
  readonly keys: KeyRing
  readonly skewClock: (ms: number) => void
}

const prefix = '/_ossup/'
const header = 'x-ossup-control'
const bodySizeMax = 1024 * 1024
/** A century, milliseconds: a larger skew could give invalid dates. */
const skewMax = 100 * 365 * 86_400_000

/** Answers control requests and passes all others to the handler. */
export function withControl(handler: Handler, controlled: Controlled): Handler {
  return async request => {
    const path = request.target.replace(/\?.*$/, '')
    if (!path.startsWith(prefix)) return handler(request)
    const refusal = refuseForeign(request, controlled.hosts)
    if (refusal !== undefined) return json(403, { error: refusal })
    try {
      return await perform(`${request.method} ${path.slice(prefix.length)}`, request, controlled)
    } catch (error) {
      return json(400, { error: messageOf(error) })
    }
  }
}

/** Returns why a request may come from a web page of another site; `undefined` if it cannot. */
function refuseForeign({ headers }: ServerRequest, hosts: readonly string[]): string | undefined {
  if (headers[header] === undefined) return `The header ${header} is missing.`
  const { host = '', origin } = headers
  if (!isOwnHost(host, hosts)) {
    return `The control API does not answer under the name ${host}. Use an address or localhost, or give the name in hosts.`
  }
  if (origin !== undefined && !/^https?:\/\/([^/]+)$/.test(origin))
    return 'The Origin is not known.'
  if (
    origin !== undefined &&
    origin.replace(/^https?:\/\//, '').toLowerCase() !== host.toLowerCase()
  ) {
    return `The control API does not answer pages of ${origin}.`
  }
  return undefined
}

async function perform(
  command: string,
  request: ServerRequest,
  { counters, faults, keys, skewClock }: Controlled,
): Promise<ServerResponse> {
  switch (command) {
    case 'GET stats':
      return json(200, counters.stats())
    case 'DELETE stats':
      counters.reset()
      return json(200, {})
    case 'GET faults':
      return json(200, faults.rules())
    case 'PUT faults':
      faults.set(await readJson(request, isRules))
      return json(200, faults.rules())
    case 'DELETE faults':
      faults.set([])
      return json(200, [])
    case 'PUT key':
      keys.add(await readJson(request, isKey))
      return json(200, {})
    case 'DELETE key':
      keys.remove((await readJson(request, isKeyId)).accessKeyId)
      return json(200, {})
    case 'PUT clock':
      skewClock((await readJson(request, isSkew)).skewMs)
      return json(200, {})
    default:
      return json(404, { error: 'stats, faults, key or clock' })
  }
}

async function readJson<Value>(
  request: ServerRequest,
  isValue: (value: unknown) => value is Value,
): Promise<Value> {
  const bytes = await readBody(request, bodySizeMax)
  const value: unknown = JSON.parse(Buffer.from(bytes).toString())
  if (!isValue(value)) throw new Error('The JSON is not of the form expected here.')
  return value
}

function isRules(value: unknown): value is FaultRule[] {
  return Array.isArray(value) && value.every(rule => hasText(rule, 'kind'))
}

function isKeyId(value: unknown): value is { accessKeyId: string } {
  return hasText(value, 'accessKeyId')
}

function isKey(value: unknown): value is KeyPair {
  return hasText(value, 'accessKeyId') && hasText(value, 'accessKeySecret')
}

function isSkew(value: unknown): value is { skewMs: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'skewMs' in value &&
    typeof value.skewMs === 'number' &&
    Math.abs(value.skewMs) <= skewMax
  )
}

function hasText(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'string'
}

function json(status: number, value: unknown): ServerResponse {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
    body,
  }
}
