import type { Node } from '../http/documents.ts'

/** All keys of this server belong to one account. */
export const ownerNode: Node = [
  'Owner',
  [
    ['ID', '1'],
    ['DisplayName', '1'],
  ],
]
