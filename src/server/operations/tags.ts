// The tags that OSS accepts, in the header of a write and in a document of their own (3.2).

import { utf8Size } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'

const tagsMax = 10
const nameSizeMax = 128
const valueSizeMax = 256

/** @throws {OssFault} InvalidTag, InvalidTaggingKey */
export function checkTags(
  pairs: readonly (readonly [name: string, value: string])[],
  { badTagValueCode }: Unconfirmed,
): Record<string, string> {
  for (const [name, value] of pairs) {
    if (name === '' || !isTagText(name, nameSizeMax)) throw new OssFault('InvalidTaggingKey')
    if (!isTagText(value, valueSizeMax)) throw new OssFault(badTagValueCode)
  }
  const tags = Object.fromEntries(pairs)
  if (pairs.length > tagsMax || Object.keys(tags).length < pairs.length) {
    throw new OssFault('InvalidTag', { message: `At most ${tagsMax} tags, each name once.` })
  }
  return tags
}

function isTagText(text: string, sizeMax: number): boolean {
  return utf8Size(text) <= sizeMax && /^[\p{L}\p{N} +\-=._:/]*$/u.test(text)
}
