// Writes XML as OSS does: with a prolog, without a namespace (oss2 cannot read one), with times that end in `.000Z`.

import { escapeXml } from '../../xml/escape.ts'
import { percentEncode } from './encoding.ts'

/** Text, or elements in order. Absent elements are left out. */
export type Content = string | number | boolean | readonly (Node | undefined)[]
export type Node = readonly [name: string, content: Content]

const encoder = new TextEncoder()

export function writeDocument(root: Node): Uint8Array {
  return encoder.encode(`<?xml version="1.0" encoding="UTF-8"?>\n${write(root)}`)
}

function write([name, content]: Node): string {
  const inner =
    typeof content === 'object'
      ? content.map(node => (node === undefined ? '' : write(node))).join('')
      : escapeContent(String(content))
  return `<${name}>${inner}</${name}>`
}

/**
 * Escapes content. Control characters that XML 1.0 forbids are written unchanged: ali-oss's parser, among others,
 * refuses references to them, but accepts the characters.
 */
function escapeContent(text: string): string {
  return text.replace(/[^\0-\x08\v\f\x0e-\x1f\ufffe\uffff]+/g, run => escapeXml(run))
}

/** Returns how to write names: percent-encoded if the request says `encoding-type=url`. */
export function nameWriter(encodingType: string | undefined): (text: string) => string {
  return encodingType === 'url' ? text => percentEncode(text) : text => text
}

/** Writes a time as `2024-02-24T08:43:07.000Z`: in whole seconds, the only form that oss2 can read. */
export function xmlTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}.000Z`
}

/** Writes a time as `Fri, 24 Feb 2012 06:07:48 GMT`. */
export function headerTime(at: number): string {
  return new Date(at).toUTCString()
}
