// The version of this package, put in by the build (scripts/bundle-command.mjs).

declare const OSSUP_VERSION: string

export const version = typeof OSSUP_VERSION === 'undefined' ? 'not built' : OSSUP_VERSION
