// Flags that users of other tools (ossutil, rclone, aws, gsutil, mc, curl) may type, and older names of our flags,
// each with the flag that replaces it here. If no flag does, a sentence says so. Edit distance would suggest wrong
// flags.

/**
 * Our flags, each with other names for it. If several match, the first flag that the command has is
 * suggested.
 */
const flags: Readonly<Record<string, string>> = {
  accelerate: 'use-accelerate use-accelerate-endpoint accelerate-endpoint',
  acl: 'canned-acl predefined-acl a s3-acl',
  adopt: 'take-over takeover',
  all: 'a',
  bandwidth:
    'limit bwlimit limit-rate rate-limit limit-upload limit-download maxspeed max-speed max-rate max-bandwidth max-upload-speed max-download-speed bandwidth-limit upload-limit',
  'ca-file': 'cacert ca-bundle ca-cert ca-certificate ca cafile',
  'checkpoint-dir': 'checkpoint checkpoints checkpointdir state-dir',
  concurrency:
    'j job jobs parallel threads num-threads thread workers numworkers transfers checkers multi-thread-streams max-concurrent-requests upload-concurrency s3-upload-concurrency process connections',
  'content-type': 'mime-type mime contenttype',
  data: 'data-dir dir d path directory',
  'dry-run': 'dryrun n just-print simulate what-if noop plan',
  encryption: 'sse server-side-encryption enc',
  endpoint: 'e endpoint-url endpoint-override api-endpoint',
  exclude: 'exclude-from x ignore filter',
  'expected-size': 'expect-size size size-hint expect content-length',
  expires: 'expires-in expire expire-in timeout duration d ttl valid-for',
  'files-from': 'from-file file-list filelist T I input files list-file from',
  'follow-links':
    'L copy-links follow-symlinks follow enable-symlink-dir links l follow-sym-link dereference',
  'forbid-overwrite': 'no-clobber no-overwrite ignore-existing no-replace if-none-match',
  force: 'f yes y',
  headers: 'header add-header H custom-header',
  host: 'address bind addr listen ip',
  human: 'human-readable h H si',
  include: 'pattern glob filter name',
  insecure: 'k no-check-certificate no-verify-ssl skip-verify-cert no-ssl-verify no-verify',
  json: 'output format o output-format output-json use-json-log j',
  ledger: 'log-file report logfile log',
  'log-level': 'loglevel debug d vv trace log verbose v',
  metadata: 'meta user-metadata user-meta metadata-set attr m',
  method: 'm X request http-method verb',
  'multipart-threshold':
    'threshold bigfile-threshold upload-cutoff multipart-cutoff s3-upload-cutoff cutoff',
  'offline-timeout': 'timeout wait-for-network connect-timeout contimeout',
  'older-than': 'min-age age older before days',
  others: 'remote foreign',
  overwrite: 'force f clobber y yes replace',
  'part-size':
    'chunk-size chunksize multipart-chunksize s3-chunk-size block-size blocksize bigfile-part-size partsize b',
  port: 'p P',
  profile: 'config config-file config-profile c p',
  quiet: 'silent s q no-progress only-show-errors',
  recursive: 'r R recurse depth',
  region: 'location',
  resend: 'no-skip no-skip-unchanged ignore-times I no-check skip-unchanged no-skip-equal',
  'spool-dir': 'spool tempdir temp-dir tmp-dir cache-dir buffer',
  'storage-class': 'storage class s3-storage-class storageclass',
  tags: 'tag tagging object-tagging object-tags',
  verbose: 'v progress P debug vv',
  verify: 'checksum check check-crc crc integrity',
  wait: 'block lock-wait w',
}

const keysAreSecret =
  'Keys are no arguments, since all users of this machine can read those: set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or name a --profile.'
const header = (name: string) => `Write --headers ${name}=… .`

/** A flag that only `ossup upload` has. */
const uploads = 'multipart-threshold'

/** Flags that have no replacement, with a sentence for each; some hold only for commands that have another flag. */
const sentences: readonly (readonly [words: string, sentence: string, only?: string])[] = [
  ['access-key-id access-key-secret secret-key secret sts-token token i k t', keysAreSecret],
  [
    'recursive r R recurse',
    'A folder is always taken with everything in it: leave it out.',
    uploads,
  ],
  ['progress P stats', 'Progress is shown without asking, on a terminal: leave it out.'],
  ['resume continue c C', 'The same command continues by itself: leave it out.', uploads],
  ['delete del delete-after delete-excluded', 'Nothing is deleted here: see ossup help rm.'],
  [
    'update u size-only checksum',
    'Files are compared by size and CRC-64 without asking: leave it out.',
    uploads,
  ],
  [
    'retries retry max-retries attempts retry-times low-level-retries',
    'Failed requests are tried 8 times; no flag changes that.',
  ],
  ['version-id versionid version', 'Single versions of an object are not supported yet.'],
  ['cache-control', header('cache-control')],
  ['content-encoding', header('content-encoding')],
  ['content-disposition', header('content-disposition')],
  ['content-language', header('content-language')],
  ['expires', header('expires')],
  ['proxy x', 'Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.'],
  ['version V', 'Write ossup version.'],
]

function has(words: string, word: string): boolean {
  return words.split(' ').includes(word)
}

/**
 * The suggestion for a flag that the command does not have.
 * @param typed without hyphens
 * @param own the flags of the command
 */
export function flagInstead(typed: string, own: readonly string[]): string | undefined {
  const word = typed.length > 1 ? typed.toLowerCase().replaceAll('_', '-') : typed
  const flag = own.find(name => flags[name] !== undefined && has(flags[name], word))
  if (flag !== undefined) return `Write --${flag}.`
  return sentences.find(
    ([words, , only]) => has(words, word) && (only === undefined || own.includes(only)),
  )?.[1]
}
