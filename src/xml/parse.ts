// Parses the small XML documents that OSS and its clients exchange. Ignores namespaces and prefixes, because only
// some answers have them. Accepts control characters, plain or as references (`&#x1;`), which strict XML 1.0 forbids:
// keys may contain them, and official clients write them.

import {
  parseXml as parseStrictly,
  type XmlElement as StrictElement,
  XmlNode,
  type XmlText,
} from '@rgrove/parse-xml'
import { isError, messageOf } from '../foreign/error.ts'

export interface XmlElement {
  /** The name without its namespace prefix. */
  readonly name: string
  readonly children: readonly XmlElement[]
  /** The text directly inside the element, including blanks. */
  readonly text: string
}

/** A document that is not well formed, or nested deeper than any document of OSS. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

/** Documents of OSS have at most 6 levels. */
const depthMax = 32

/**
 * Parses a whole document and returns its root element.
 * @throws {XmlError}
 */
export function parseXml(text: string): XmlElement {
  try {
    const { root } = parseStrictly(nameControlReferences(text), { resolveUndefinedEntity })
    if (root === null) throw new XmlError('no root element')
    return simplify(root, 1)
  } catch (error) {
    if (error instanceof XmlError) throw error
    // A RangeError means that deep nesting used up the parser's stack.
    const reason =
      isError(error) && error.name === 'RangeError' ? 'nested too deeply' : describe(error)
    throw new XmlError(reason, { cause: error })
  }
}

/** Returns the first child with that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find(one => one.name === name)
}

/** Returns all children with that name, in document order. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(one => one.name === name)
}

/** Returns the text of the first child with that name; `undefined` without such a child. */
export function text(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text
}

function simplify(element: StrictElement, depth: number): XmlElement {
  if (depth > depthMax) throw new XmlError(`nested deeper than ${depthMax}`)
  const inner: XmlElement[] = []
  let content = ''
  for (const node of element.children) {
    if (isElement(node)) inner.push(simplify(node, depth + 1))
    else if (isText(node)) content += node.text
  }
  return { name: element.name.slice(element.name.indexOf(':') + 1), children: inner, text: content }
}

// The strict parser refuses `&#x1;` and the character itself, but its caller may resolve entities that the parser
// does not know. So this code replaces both by an entity with a name. It skips CDATA and comments, where `&#x1;` is
// plain text. `$` matches an unclosed CDATA section or comment: without it, each such opening would be searched to
// the end again.
const controlPattern =
  /<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<!--[\s\S]*?(?:-->|$)|&control-|&#(?:x([\da-fA-F]+)|(\d+));|[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/g

function nameControlReferences(text: string): string {
  if (!/&#|&control-|[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/.test(text)) return text
  return text.replace(controlPattern, (found, hex?: string, decimal?: string) => {
    if (found === '&control-') throw new XmlError('undefined entity')
    if (found.length === 1) return `&control-${found.charCodeAt(0)};`
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal ?? 32)
    return isForbidden(code) ? `&control-${code};` : found
  })
}

function isElement(node: XmlNode): node is StrictElement {
  return node.type === XmlNode.TYPE_ELEMENT
}

/** Returns true for plain text and CDATA: the parser turns both into text nodes. */
function isText(node: XmlNode): node is XmlText {
  return node.type === XmlNode.TYPE_TEXT || node.type === XmlNode.TYPE_CDATA
}

function resolveUndefinedEntity(entity: string): string | undefined {
  const code = /^&?control-(\d+);?$/.exec(entity)?.[1]
  return code === undefined ? undefined : String.fromCharCode(Number(code))
}

/** Returns true for characters that Unicode allows but XML 1.0 does not. */
function isForbidden(code: number): boolean {
  const isLineOrTab = code === 9 || code === 10 || code === 13
  return (code < 32 && !isLineOrTab) || code === 0xfffe || code === 0xffff
}

/** Returns the first line of the parser's message. Its other lines quote the document. */
function describe(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? ''
}
