// All facts in the order of the report: switches of the local OSS first, since they decide how ossup behaves.

import type { Fact } from '../fact.ts'
import { brokenHeaderFacts } from './broken-headers.ts'
import { clockFacts } from './clocks.ts'
import { copyFacts } from './copies.ts'
import { deleteFacts } from './deletes.ts'
import { linkAndTagFacts } from './links-and-tags.ts'
import { listingFacts } from './listings.ts'
import { multipartFacts } from './multipart.ts'
import { numberedFacts } from './numbered.ts'
import { objectFacts } from './objects.ts'
import { readFacts } from './reads.ts'
import { signingFacts } from './signing.ts'
import { uploadFacts } from './uploads.ts'
import { versionFacts } from './versions.ts'
import { writeFacts } from './writes.ts'

export { unchecked } from './unchecked.ts'

const isNumbered = ({ id }: Fact) => /^F\d+$/.test(id)

const all: readonly Fact[] = [
  ...multipartFacts,
  ...objectFacts,
  ...numberedFacts,
  ...readFacts,
  ...writeFacts,
  ...copyFacts,
  ...deleteFacts,
  ...linkAndTagFacts,
  ...listingFacts,
  ...uploadFacts,
  ...versionFacts,
  ...signingFacts,
  ...brokenHeaderFacts,
  ...clockFacts,
]

export const facts: readonly Fact[] = [
  ...all.filter(fact => !isNumbered(fact)),
  ...all.filter(isNumbered).toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
]
