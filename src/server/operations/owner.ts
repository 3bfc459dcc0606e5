import type { Node } from '../http/documents.ts'

/** The id of the account that all keys of this server belong to. */
export const ownerId = '1'

export const ownerNode: Node = [
  'Owner',
  [
    ['ID', ownerId],
    ['DisplayName', ownerId],
  ],
]
