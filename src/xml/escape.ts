// Escapes text for element content and attribute values.

const special = /[&<>"\0-\x1f\x7f-\x9f\ufffe\uffff]/g

/**
 * Escapes characters that have a meaning in XML. Writes control characters, including line breaks and tabs, as
 * references (`&#xB;`), so that no parser changes them. `parseXml` reads all of them back. Strict XML 1.0 parsers
 * refuse characters below 0x20, so send names that may contain them percent-encoded.
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
