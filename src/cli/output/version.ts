// The version of this package. The build inserts it (scripts/bundle-command.mjs).

declare const OSSUP_VERSION: string

export const version = typeof OSSUP_VERSION === 'undefined' ? 'not built' : OSSUP_VERSION
