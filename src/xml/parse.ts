// Reads the small XML documents that OSS and its clients exchange. Namespaces and prefixes are ignored,
// as some answers carry them and some do not. Unlike strict XML 1.0, control characters are read, as they are
// or by reference (`&#x1;`): keys may hold them, and official clients write them so.

import {
  parseXml as parseStrictly,
  type XmlElement as StrictElement,
  XmlNode,
  type XmlText,
} from '@rgrove/parse-xml'
import { isError, messageOf } from '../foreign/error.ts'

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string
  readonly children: readonly XmlElement[]
  /** The text directly inside, blanks included. */
  readonly text: string
}

/** A document that is not well formed, or nested deeper than any that OSS knows. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

/** No document of OSS goes deeper than 6. */
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
    // A RangeError is the parser's stack, used up by nesting.
    const reason =
      isError(error) && error.name === 'RangeError' ? 'nested too deeply' : describe(error)
    throw new XmlError(reason, { cause: error })
  }
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find(one => one.name === name)
}

/** All children of that name, in their order. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(one => one.name === name)
}

/** The text of the first child of that name; `undefined` if there is no such child. */
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

// The strict parser refuses `&#x1;` and the character itself but lets its caller resolve entities it does not
// know. So both are given names for it. CDATA and comments are stepped over: there they are plain text. (`$` stands
// for one that is not closed, or every such opening would be searched to the end again.)
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

/** Plain text or CDATA, which the parser makes text nodes of as well. */
function isText(node: XmlNode): node is XmlText {
  return node.type === XmlNode.TYPE_TEXT || node.type === XmlNode.TYPE_CDATA
}

function resolveUndefinedEntity(entity: string): string | undefined {
  const code = /^&?control-(\d+);?$/.exec(entity)?.[1]
  return code === undefined ? undefined : String.fromCharCode(Number(code))
}

/** Characters that XML 1.0 cannot hold and Unicode can. */
function isForbidden(code: number): boolean {
  const isLineOrTab = code === 9 || code === 10 || code === 13
  return (code < 32 && !isLineOrTab) || code === 0xfffe || code === 0xffff
}

/** The first line of the parser's message; the others quote the document. */
function describe(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? ''
}
