// The flags that all commands share, and the bucket that they select.

import {
  type AddressOptions,
  Bucket,
  type BucketOptions,
  bucketOptionsFromConfig,
  bucketOptionsOf,
  type CheckpointInfo,
  type CredentialsLink,
  type CredentialsProvider,
  credentialsSigner,
  defaultCredentials,
  describeLink,
  type Signer,
} from '../../runtimes/node/index.ts'
import type { Shell } from '../args/command.ts'
import { keepSource } from '../args/credentials-source.ts'
import { defined } from '../args/defined.ts'
import { type FlagValues, grouped, oneOf, text, toggle } from '../args/flags.ts'
import { printable } from '../output/printable.ts'
import { levels } from '../output/screen.ts'
import { networkFlags, networkOf } from './network.ts'

export const outputFlags = grouped('Output', {
  json: toggle('one JSON object per line on standard output; see docs/guide/json-output.md'),
  quiet: toggle('only errors', 'q'),
  'log-level': oneOf(levels, 'how much to report; debug shows every event and stacks'),
})

export const connectionFlags = grouped('Connection', {
  region: text('<id>', 'such as cn-hangzhou; default: OSS_REGION, else the profile'),
  endpoint: text('<host|url>', 'default: OSS_ENDPOINT, else the profile, else the public one'),
  internal: toggle("the region's internal endpoint, from inside Alibaba Cloud"),
  accelerate: toggle('the acceleration endpoint'),
  cname: toggle('the endpoint is a custom domain of the bucket'),
  profile: text('<name>', 'in ~/.ossutilconfig or ~/.aliyun/config.json; beats variables'),
  'request-payer': oneOf(
    ['requester'] as const,
    'agree to pay for requests to the bucket of another account',
  ),
  'path-style': toggle('bucket name in the path; default for IP addresses and localhost'),
  ...networkFlags,
})

export const commonFlags = { ...connectionFlags, ...outputFlags }

type ConnectionFlags = FlagValues<typeof connectionFlags>

/** The environment and the screen of a command. */
type Around = Pick<Shell, 'env'> & {
  readonly screen: Pick<Shell['screen'], 'debug' | 'note' | 'says'>
}

/**
 * Chooses the bucket. Flags come before environment variables, and variables before files. A profile that a
 * flag names comes before variables.
 */
export async function bucketOf(
  name: string,
  flags: ConnectionFlags,
  around: Around,
): Promise<Bucket> {
  const given = {
    name,
    credentials: credentialsOf(flags, around),
    ...networkOf(flags),
    ...addressIn(flags),
  }
  const options = await bucketOptionsFromConfig(given, configOf(flags, around))
  const set = around.env.OSS_ENDPOINT
  const isReplaced =
    flags.region !== undefined && !hasHost(flags) && set && options.endpoint !== set
  // A profile named by a flag comes before variables, so it needs no warning.
  if (isReplaced && flags.profile === undefined) {
    around.screen.note(`OSS_ENDPOINT is not used: ${printable(set)} is not in ${flags.region}`)
  }
  return new Bucket(options)
}

/** Signs requests to the bucket that `Bucket` has no method for. */
export function signerOf(bucket: Bucket, flags: ConnectionFlags, around: Around): Signer {
  const credentials = credentialsOf(flags, around)
  const product = bucket.address.kind === 'cloud-box' ? 'oss-cloudbox' : 'oss'
  return credentialsSigner({ credentials, region: bucket.region, product })
}

/**
 * The bucket that an upload was started in. Credentials and files are sent to the configured endpoint only. A
 * checkpoint that names another endpoint is refused, unless a flag names that endpoint or trusts the
 * checkpoint.
 * @throws {OptionError} `ENDPOINT_DIFFERS`
 */
export async function bucketOfCheckpoint(
  info: CheckpointInfo,
  flags: ConnectionFlags & { readonly 'trust-checkpoint-dir'?: boolean },
  around: Around,
): Promise<Bucket> {
  const credentials = credentialsOf(flags, around)
  const own = { credentials, ...networkOf(flags) }
  if (flags.endpoint !== undefined) {
    const { name, region } = bucketOptionsOf(info)
    return new Bucket({ ...own, name, ...defined({ region }), ...addressIn(flags) })
  }
  const given = { name: info.bucket, credentials, ...addressIn(flags) }
  const isTrusted = flags['trust-checkpoint-dir'] === true
  const configured = isTrusted
    ? given
    : await bucketOptionsFromConfig(given, configOf(flags, around))
  return new Bucket({ ...bucketOptionsOf(info, addressOf(configured)), ...own })
}

/** The address options alone. They may select only a variant of the region's endpoint, as `--internal` does. */
function addressOf({ name: _, credentials: __, ...address }: BucketOptions): AddressOptions {
  return address
}

function hasHost({ endpoint, internal, accelerate }: ConnectionFlags): boolean {
  return endpoint !== undefined || internal || accelerate
}

/** How to search for credentials and addresses. `explainCredentials` uses the same options. */
export function configOf(flags: ConnectionFlags, { env, screen }: Around) {
  // `insecure` is left out: an attacker on the network must not reach STS as well.
  const { proxy, ca } = networkOf(flags).network
  const explain = (links: readonly CredentialsLink[]) => {
    keepSource(screen, links)
    screen.debug(explained(links))
  }
  // An explanation loads all sources. Keys in environment variables come first anyway, so it would only cost time.
  const isPlain = flags.profile === undefined && env.OSS_ACCESS_KEY_ID && env.OSS_ACCESS_KEY_SECRET
  if (isPlain) keepSource(screen, [environmentLink])
  return {
    env,
    network: defined({ proxy, ca }),
    ...defined({
      profile: flags.profile,
      onExplained: isPlain && !screen.says('debug') ? undefined : explain,
    }),
  }
}

/** All buckets of one command share one credentials provider, so a role is assumed once. */
const providers = new WeakMap<object, CredentialsProvider>()

function credentialsOf(flags: ConnectionFlags, around: Around): CredentialsProvider {
  const provider = providers.get(flags) ?? defaultCredentials(configOf(flags, around))
  providers.set(flags, provider)
  return provider
}

function addressIn(flags: ConnectionFlags) {
  return defined({
    region: flags.region,
    endpoint: flags.endpoint,
    internal: flags.internal || undefined,
    accelerate: flags.accelerate || undefined,
    cname: flags.cname || undefined,
    pathStyle: flags['path-style'] || undefined,
    requestPayer: flags['request-payer'],
  })
}

const environmentLink: CredentialsLink = {
  source: 'environment',
  name: 'OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET in the environment',
  outcome: 'used',
  why: 'access keys',
}

function explained(links: readonly CredentialsLink[]): string {
  return printable(links.map(link => `credentials: ${describeLink(link)}`).join('\n'))
}
