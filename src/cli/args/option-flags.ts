// The library's errors name its options; who types a command knows flags and variables.

import { isOssupError, OptionError } from '../../runtimes/node/index.ts'

/** How each option of the library is written on the command line. */
export const flagsOfOptions: Readonly<Record<string, string>> = {
  partSize: '--part-size',
  concurrency: '--concurrency',
  multipartThreshold: '--threshold',
  expectedSize: '--expect-size',
  spoolDir: '--spool',
  wait: '--wait',
  adopt: '--adopt',
  overwrite: '--overwrite',
  bandwidth: '--limit',
  offlineTimeoutMs: '--offline-timeout',
  contentType: '--content-type',
  metadata: '--meta',
  tags: '--tag',
  headers: '--header',
  storageClass: '--storage-class',
  acl: '--acl',
  encryption: '--encryption',
  callback: '--callback',
  checkpointDir: '--checkpoint-dir',
  expiresMs: '--expires',
  region: '--region or OSS_REGION',
  endpoint: '--endpoint or OSS_ENDPOINT',
  internal: '--internal',
  accelerate: '--accelerate',
  cname: '--cname',
  pathStyle: '--path-style',
  ca: '--ca-file',
  profile: '--profile or OSSUTIL_PROFILE',
}

/** The message of an error with options as flags; that of an option also says its own, as `… (--part-size)`. */
export function withFlags(error: Error): string {
  const message = isOssupError(error) ? inFlags(error.message) : error.message
  const flags = optionsIn(error).flatMap(name => flagsOfOptions[name] ?? [])
  return flags.length === 0 ? message : `${message} (${flags.join(', ')})`
}

/** What the library says to do, in the words of the command: it marks its options as `wait`. */
export function inFlags(message: string): string {
  return message
    .replace('; `checkpoint: false` keeps none', '')
    .replaceAll(/`(\w+)`/g, (marked, name: string) => flagsOfOptions[name] ?? marked)
}

function optionsIn(error: Error): string[] {
  if (!(error instanceof OptionError)) return []
  if (error.code === 'CONFLICTING_OPTIONS') {
    return error.message.split(' contradict ')[0]?.split(' and ') ?? []
  }
  const option = /^INVALID_(.+)/.exec(error.code)?.[1]?.toLowerCase()
  return option === undefined
    ? []
    : [option.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())]
}
