// The rules for tags, in the header of a write and in their own document (3.2).

import { utf8Size } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'

const tagsMax = 10
const nameSizeMax = 128
const valueSizeMax = 256

/**
 * Checks tags. The messages have the service's own words, because the C++ SDK's test suite compares them.
 * @throws {OssFault} InvalidTag, InvalidTaggingKey, InvalidArgument
 */
export function checkTags(
  pairs: readonly (readonly [name: string, value: string])[],
  from: 'header' | 'document',
  { badTagKeyCode, badTagValueCode }: Unconfirmed,
): Record<string, string> {
  for (const [name, value] of pairs) {
    if (name === '' || !isTagText(name, nameSizeMax)) {
      throw new OssFault(badTagKeyCode, { message: 'The TagKey you have provided is invalid' })
    }
    if (!isTagText(value, valueSizeMax)) {
      throw new OssFault(badTagValueCode, { message: 'The TagValue you have provided is invalid' })
    }
  }
  const tags = Object.fromEntries(pairs)
  if (Object.keys(tags).length < pairs.length) throw repeatedTag(from)
  if (pairs.length > tagsMax) {
    throw new OssFault('InvalidTag', { message: 'Object tags cannot be greater than 10' })
  }
  return tags
}

function repeatedTag(from: 'header' | 'document'): OssFault {
  if (from === 'document') {
    return new OssFault('InvalidTag', {
      message: 'Cannot provide multiple Tags with the same key',
    })
  }
  return new OssFault('InvalidArgument', {
    message:
      "The header 'x-oss-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    extra: { ArgumentName: 'x-oss-tagging' },
  })
}

function isTagText(text: string, sizeMax: number): boolean {
  return utf8Size(text) <= sizeMax && /^[\p{L}\p{N} +\-=._:/]*$/u.test(text)
}
