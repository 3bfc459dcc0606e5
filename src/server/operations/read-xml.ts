import { parseXml, type XmlElement } from '../../xml/parse.ts'
import { OssFault } from '../http/errors.ts'

const strict = new TextDecoder('utf-8', { fatal: true })

/**
 * Parses an XML body.
 * @throws {OssFault} MalformedXML
 */
export function readXml(bytes: Uint8Array, ec?: string): XmlElement {
  try {
    // Some clients put blanks before the prolog.
    return parseXml(strict.decode(bytes).trimStart())
  } catch {
    throw new OssFault('MalformedXML', ec === undefined ? {} : { ec })
  }
}
