import type { Node } from '../http/documents.ts'

/** All keys of this server belong to one account. */
export const ownerId = '1'

export const ownerNode: Node = [
  'Owner',
  [
    ['ID', ownerId],
    ['DisplayName', ownerId],
  ],
]
