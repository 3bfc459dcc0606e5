// Translates the option names in the library's errors into flags and environment variables, because users of the
// command know only those.

import { isOssupError, type OssupError } from '../../runtimes/node/index.ts'

/** How each option of the library is written on the command line. */
export const flagsOfOptions: Readonly<Record<string, string>> = {
  partSize: '--part-size',
  concurrency: '--concurrency',
  multipartThreshold: '--multipart-threshold',
  expectedSize: '--expected-size',
  spoolDir: '--spool-dir',
  wait: '--wait',
  adopt: '--adopt',
  overwrite: '--overwrite',
  bandwidth: '--bandwidth',
  offlineTimeoutMs: '--offline-timeout',
  contentType: '--content-type',
  metadata: '--metadata',
  tags: '--tags',
  headers: '--headers',
  storageClass: '--storage-class',
  acl: '--acl',
  encryption: '--encryption',
  callback: '--callback',
  checkpointDir: '--checkpoint-dir',
  trustCheckpointDir: '--trust-checkpoint-dir',
  expiresMs: '--expires',
  region: '--region or OSS_REGION',
  endpoint: '--endpoint or OSS_ENDPOINT',
  internal: '--internal',
  accelerate: '--accelerate',
  cname: '--cname',
  pathStyle: '--path-style',
  requestPayer: '--request-payer',
  ca: '--ca-file',
  profile: '--profile or OSSUTIL_PROFILE',
}

/**
 * The message of an error for users of the command: its hint names flags, and the flags of its options
 * follow.
 */
export function withFlags(error: Error): string {
  if (!isOssupError(error)) return error.message
  const { hint, flags } = inFlags(error)
  return `${error.shortMessage}${hint === undefined ? '' : `. ${hint}`}${flags}`
}

/**
 * The parts of a message beside its `shortMessage`: the hint with flags, and the flags that the hint does not
 * name.
 */
export function inFlags(error: OssupError): { hint: string | undefined; flags: string } {
  const named = new Set<string>()
  const hint = error.hintWith(option => {
    named.add(option)
    return flagsOfOptions[option]
  })
  const others = error.options.filter(option => !named.has(option))
  const flags = others.flatMap(option => flagsOfOptions[option] ?? [])
  return { hint, flags: flags.length === 0 ? '' : ` (${flags.join(', ')})` }
}
