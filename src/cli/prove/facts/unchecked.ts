// What prove does not check, each with its reason. A test compares the ids with the page and the switches.

const byReason: readonly (readonly [reason: string, ids: string])[] = [
  ['it may write outside the prefix', 'leadingSlashKeys'],
  ['it needs a request to another host or to another bucket', 'F04 F16 F127'],
  ['it would create or delete a bucket', 'repeatedPutBucket F81 F82 F85 F99'],
  [
    'it would change the rules of the bucket',
    'wildcardOrigin F91 F92 F93 F94 F102 F117 F118 F134 F135',
  ],
  ['it asks about all buckets of the account', 'F83 F98'],
  [
    'it needs a second key or account with fewer permissions',
    'objectAclPermission deleteDeniedKey F34 F114 F119',
  ],
  ['it needs temporary credentials that are wrong or expire', 'tokenExpiry F33'],
  [
    'it depends on which of two requests arrives first',
    'whileCompleting abortWithPartsUnderWay F73 F74',
  ],
  ['it needs a wait of seconds between two requests', 'lastModified'],
  ['it needs an object of more than 1 GiB', 'copySizeMax'],
  [
    'it needs a request that the network layer of ossup does not send',
    'earlyErrors F14 F15 F68 F136 F137',
  ],
  ['the network layer of ossup hides the letter case of header names', 'F138'],
  [
    'it needs a signature that ossup does not make: V1, or the one of a form',
    'F20 F31 F32 F125 F139 F140 F141',
  ],
  ['it needs a server that OSS can reach', 'F95 F96'],
  ['it is about what the local OSS lacks, not about OSS', 'F50'],
]

export interface Unchecked {
  readonly id: string
  readonly reason: string
}

export const unchecked: readonly Unchecked[] = byReason.flatMap(([reason, ids]) =>
  ids.split(' ').map(id => ({ id, reason })),
)
