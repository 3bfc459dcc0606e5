// What prove does not check, each with its reason. A test compares the ids with the page and the switches.

const byReason: readonly (readonly [reason: string, ids: string])[] = [
  ['it would write outside the prefix', 'leadingSlashKeys F04 F05 F06'],
  [
    'it would make or change a bucket or its rules',
    'repeatedPutBucket wildcardOrigin F79 F80 F81 F82 F83 F84 F85 F91 F92 F93 F94 F98 F99 F100 F101 F102 F115 F116 F117 F118 F121 F127 F128 F134 F135',
  ],
  [
    'it needs a second key, another permission or a public bucket',
    'objectAclPermission anonymousListing deleteDeniedKey F22 F25 F33 F34 F35 F114 F119 F126',
  ],
  [
    'it depends on the moment, on a long wait or on gigabytes',
    'whileCompleting abortWithPartsUnderWay lastModified tokenExpiry copySizeMax multipartCopy earlyErrors F15 F23 F30 F31 F68 F73 F74 F90 F132',
  ],
  [
    'its request needs a signature that the command does not make',
    'datePrecedence payloadHashCode doubleSignature F20 F21 F24 F26 F27 F28 F32 F36 F125 F139 F140 F141',
  ],
  ['it needs a server that OSS can reach', 'F95 F96 F97'],
  [
    'there is no check yet',
    'deleteWithoutMd5 zeroMaxKeys copyDeleteMarker F02 F03 F07 F08 F09 F11 F12 F14 F16 F17 F18 F19 F41 F42 F43 F44 F46 F47 F48 F49 F50 F51 F52 F53 F54 F55 F56 F57 F58 F59 F60 F61 F64 F65 F66 F67 F69 F70 F72 F76 F77 F78 F86 F87 F88 F89 F103 F105 F106 F107 F108 F109 F110 F111 F112 F113 F120 F122 F123 F124 F129 F130 F131 F133 F136 F137 F138',
  ],
]

export interface Unchecked {
  readonly id: string
  readonly reason: string
}

export const unchecked: readonly Unchecked[] = byReason.flatMap(([reason, ids]) =>
  ids.split(' ').map(id => ({ id, reason })),
)
