// All facts in the order of the report: switches of the local OSS first, since they decide how ossup behaves.

import type { Fact } from '../fact.ts'
import { multipartFacts } from './multipart.ts'
import { numberedFacts } from './numbered.ts'
import { objectFacts } from './objects.ts'

export { unchecked } from './unchecked.ts'

export const facts: readonly Fact[] = [...multipartFacts, ...objectFacts, ...numberedFacts]
