// Text for element content and attribute values.

const special = /[&<>"\0-\x1f\x7f-\x9f\ufffe\uffff]/g

/**
 * Escapes what XML gives a meaning, and writes control characters as references (`&#xB;`), line breaks
 * and tabs included, so that no parser folds them. `parseXml` reads all of them back; strict XML 1.0
 * parsers refuse those below 0x20, so names that may hold them are better sent percent-encoded.
 */
export function escapeXml(text: string): string {
  return text.replace(special, reference)
}

function reference(character: string): string {
  switch (character) {
    case '&':
      return '&amp;'
    case '<':
      return '&lt;'
    case '>':
      return '&gt;'
    case '"':
      return '&quot;'
    default:
      return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`
  }
}
