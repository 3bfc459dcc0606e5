// Rules of a bucket that protect existing objects from being overwritten, even without a header.

import { child, children, text, type XmlElement } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import type { Node } from '../http/documents.ts'
import { utf8Size } from '../http/encoding.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation, randomHex } from '../request/context.ts'
import type { OverwriteRule } from '../store/records.ts'
import { accept } from './accept.ts'
import { ownerId } from './owner.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

const bodySizeMax = 1024 * 1024
const rulesMax = 100
const affixSizeMax = 1023

export const putBucketOverwriteConfig: Operation = async context => {
  bucketOf(context)
  const root = readXml(await readBody(context.request, bodySizeMax))
  const rules = children(root, 'Rule')
  if (root.name !== 'OverwriteConfiguration' || rules.length === 0) {
    throw new OssFault('MalformedXML')
  }
  if (rules.length > rulesMax) throw invalidArgument('Rule', String(rules.length), 'At most 100.')
  const overwriteRules = rules.map(rule => readRule(rule, context))
  const ids = overwriteRules.map(({ id }) => id)
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at)
  if (repeated !== undefined) throw invalidArgument('ID', repeated, 'Two rules have this ID.')
  accept(
    await context.store.changeBucket(context.bucket, record => ({ ...record, overwriteRules })),
    context,
  )
  return emptyAnswer(200)
}

export const getBucketOverwriteConfig: Operation = async context => {
  const { overwriteRules } = bucketOf(context)
  if (!overwriteRules) throw new OssFault('NoSuchBucketOverwriteConfig')
  return xmlAnswer(['OverwriteConfiguration', overwriteRules.map(ruleNode)])
}

export const deleteBucketOverwriteConfig: Operation = async context => {
  bucketOf(context)
  accept(
    await context.store.changeBucket(context.bucket, ({ overwriteRules: _, ...record }) => record),
    context,
  )
  return emptyAnswer(204)
}

/** Returns whether a rule protects the object with this key from this caller. */
export function isProtected({ record, caller, key }: Context): boolean {
  const names = [ownerId, ...(caller === undefined ? [] : [caller.accessKeyId])]
  return (record?.overwriteRules ?? []).some(
    ({ prefix, suffix, principals }) =>
      key.startsWith(prefix) &&
      key.endsWith(suffix) &&
      (principals.length === 0 ||
        principals.some(pattern => pattern === '*' || (caller && matchesAny(pattern, names)))),
  )
}

function matchesAny(pattern: string, names: readonly string[]): boolean {
  const pieces = pattern.split('*').map(piece => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${pieces.join('.*')}$`)
  return names.some(name => expression.test(name))
}

function readRule(element: XmlElement, { random }: Context): OverwriteRule {
  const action = text(element, 'Action')?.trim()
  if (action !== 'forbid') throw invalidArgument('Action', action ?? '', 'Only forbid.')
  const affix = (name: string) => {
    const value = text(element, name) ?? ''
    if (utf8Size(value) > affixSizeMax) throw invalidArgument(name, value, 'Over 1023 bytes.')
    return value
  }
  const principals = child(element, 'Principals')
  return {
    id: text(element, 'ID')?.trim() || randomUuid(random),
    prefix: affix('Prefix'),
    suffix: affix('Suffix'),
    principals: principals ? children(principals, 'Principal').map(one => one.text.trim()) : [],
  }
}

function randomUuid(random: Context['random']): string {
  const hex = randomHex(random, 32).toLowerCase()
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')
}

function ruleNode({ id, prefix, suffix, principals }: OverwriteRule): Node {
  return [
    'Rule',
    [
      ['ID', id],
      ['Action', 'forbid'],
      ['Prefix', prefix],
      ['Suffix', suffix],
      ['Principals', principals.map((one): Node => ['Principal', one])],
    ],
  ]
}
