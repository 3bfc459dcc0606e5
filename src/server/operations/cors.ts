// CORS rules (3.18). They are stored with the bucket. Browsers ask for them before and during their requests.

import { child, children, text, type XmlElement } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import type { Node } from '../http/documents.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { bucketOf, type Operation, type Rules } from '../request/context.ts'
import type { BucketRecord, CorsRule } from '../store/records.ts'
import { accept } from './accept.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

const bodySizeMax = 16 * 1024
const rulesMax = 20
const methods = ['GET', 'PUT', 'DELETE', 'POST', 'HEAD']

export const putBucketCors: Operation = async context => {
  bucketOf(context)
  const root = readXml(await readBody(context.request, bodySizeMax))
  const rules = children(root, 'CORSRule').map(readRule)
  if (root.name !== 'CORSConfiguration' || rules.length === 0) throw new OssFault('MalformedXML')
  if (rules.length > rulesMax) throw new OssFault('CORSRuleBeyondLimit')
  const vary = text(root, 'ResponseVary')?.trim() === 'true'
  accept(
    await context.store.changeBucket(context.bucket, record => ({
      ...record,
      cors: { rules, vary },
    })),
    context,
  )
  return emptyAnswer(200)
}

export const getBucketCors: Operation = async context => {
  const { cors } = bucketOf(context)
  if (!cors) throw new OssFault('NoSuchCORSConfiguration')
  return xmlAnswer([
    'CORSConfiguration',
    [...cors.rules.map(ruleNode), ['ResponseVary', cors.vary]],
  ])
}

export const deleteBucketCors: Operation = async context => {
  bucketOf(context)
  accept(
    await context.store.changeBucket(context.bucket, ({ cors: _, ...record }) => record),
    context,
  )
  return emptyAnswer(204)
}

/** The OPTIONS preflight. It is unsigned. The first rule that matches everything gives the answer. */
export const optionsObject: Operation = async context => {
  const { headers } = context.request
  const origin = headers.origin
  const method = headers['access-control-request-method']
  if (!origin || !method) {
    throw new OssFault('BadRequest', {
      message: 'Origin and Access-Control-Request-Method are required.',
    })
  }
  const requested = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '')
  const { record } = context
  const rule = rulesOf(record, context.rules).find(
    candidate =>
      matchesRequest(candidate, origin, method) &&
      requested.every(name =>
        candidate.headers.some(pattern => matches(pattern.toLowerCase(), name)),
      ),
  )
  if (!rule) throw new OssFault('AccessForbidden')
  return emptyAnswer(200, {
    ...corsHeaders(record, rule, origin, method, context.rules),
    ...(requested.length === 0 ? {} : { 'access-control-allow-headers': requested.join(', ') }),
  })
}

/** Returns the headers that an ordinary request with an Origin adds to its answer. */
export function corsHeadersFor(
  record: BucketRecord | undefined,
  request: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
  rules: Rules,
): Record<string, string> {
  const vary: Record<string, string> = record?.cors?.vary ? { vary: 'Origin' } : {}
  const { origin } = request.headers
  if (!origin) return vary
  const rule = rulesOf(record, rules).find(candidate =>
    matchesRequest(candidate, origin, request.method),
  )
  return rule ? corsHeaders(record, rule, origin, request.method, rules) : vary
}

/** Returns the rules of a bucket, then the rules of every bucket. Those also apply to requests without a bucket. */
function rulesOf(record: BucketRecord | undefined, { corsRules }: Rules): readonly CorsRule[] {
  return [...(record?.cors?.rules ?? []), ...corsRules]
}

/** The answer headers that an uploader in a web page needs to read. */
const exposed = [
  'ETag',
  'x-oss-request-id',
  'x-oss-hash-crc64ecma',
  'x-oss-next-append-position',
  'x-oss-version-id',
  'x-oss-ec',
  'x-oss-err',
  'Date',
  'Content-Length',
  'Content-Range',
]

/** Makes the rule of `serve({ cors })`: all methods, all headers. */
export function everyBucketRules(origins: readonly string[]): readonly CorsRule[] {
  if (origins.length === 0) return []
  return [{ origins, methods, headers: ['*'], expose: exposed, maxAgeSeconds: 600 }]
}

function corsHeaders(
  record: BucketRecord | undefined,
  rule: CorsRule,
  origin: string,
  method: string,
  { unconfirmed: { wildcardOrigin } }: Rules,
): Record<string, string> {
  const isPlain = rule.origins.includes('*') && wildcardOrigin === '*'
  return {
    'access-control-allow-origin': isPlain ? '*' : origin,
    'access-control-allow-methods': method,
    ...(rule.expose.length === 0
      ? {}
      : { 'access-control-expose-headers': rule.expose.join(', ') }),
    ...(rule.maxAgeSeconds === undefined
      ? {}
      : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    ...(record?.cors?.vary ? { vary: 'Origin' } : {}),
  }
}

function matchesRequest(rule: CorsRule, origin: string, method: string): boolean {
  return rule.methods.includes(method) && rule.origins.some(pattern => matches(pattern, origin))
}

/** Matches a pattern with at most one `*`. */
function matches(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*', 2)
  if (after === undefined) return pattern === text
  const isLongEnough = text.length >= before.length + after.length
  return isLongEnough && text.startsWith(before) && text.endsWith(after)
}

function readRule(element: XmlElement): CorsRule {
  const texts = (name: string) => children(element, name).map(one => one.text.trim())
  const rule = {
    origins: texts('AllowedOrigin'),
    methods: texts('AllowedMethod'),
    headers: texts('AllowedHeader'),
    expose: texts('ExposeHeader'),
  }
  if (rule.origins.length === 0 || rule.methods.length === 0) throw new OssFault('MalformedXML')
  const badMethod = rule.methods.find(method => !methods.includes(method))
  if (badMethod !== undefined) throw invalidArgument('AllowedMethod', badMethod)
  for (const pattern of [...rule.origins, ...rule.headers]) {
    if (pattern.split('*').length > 2)
      throw invalidArgument('AllowedOrigin', pattern, 'At most one *.')
  }
  const starred = rule.expose.find(name => name.includes('*'))
  if (starred !== undefined) throw invalidArgument('ExposeHeader', starred, 'No * here.')
  if (!child(element, 'MaxAgeSeconds')) return rule
  const maxAge = text(element, 'MaxAgeSeconds')?.trim() ?? ''
  if (!/^\d{1,9}$/.test(maxAge)) throw invalidArgument('MaxAgeSeconds', maxAge)
  return { ...rule, maxAgeSeconds: Number(maxAge) }
}

function ruleNode(rule: CorsRule): Node {
  const nodes = (name: string, values: readonly string[]) =>
    values.map((value): Node => [name, value])
  return [
    'CORSRule',
    [
      ...nodes('AllowedOrigin', rule.origins),
      ...nodes('AllowedMethod', rule.methods),
      ...nodes('AllowedHeader', rule.headers),
      ...nodes('ExposeHeader', rule.expose),
      rule.maxAgeSeconds === undefined ? undefined : ['MaxAgeSeconds', rule.maxAgeSeconds],
    ],
  ]
}
