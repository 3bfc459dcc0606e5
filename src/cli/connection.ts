// Flags that every command shares, and the bucket they lead to.

import { Bucket, bucketOptionsOf, type CheckpointInfo, fromEnv } from '../runtimes/node/index.ts'
import type { Shell } from './command.ts'
import { defined } from './defined.ts'
import { type FlagValues, oneOf, text, toggle } from './flags.ts'
import { networkFlags, networkOf } from './network.ts'
import { levels } from './screen.ts'

export const outputFlags = {
  json: toggle('one JSON object a line on standard output; see docs/json-output.md'),
  quiet: toggle('say nothing but errors'),
  'log-level': oneOf(levels, 'how much to say; debug shows every event and stacks'),
}

export const connectionFlags = {
  endpoint: text('<host|url>', 'default: OSS_ENDPOINT, else the public one of the region'),
  region: text('<id>', 'such as cn-hangzhou; default: OSS_REGION'),
  internal: toggle("the region's internal endpoint, from inside Alibaba Cloud"),
  accelerate: toggle('the acceleration endpoint'),
  cname: toggle('the endpoint is a custom domain of the bucket'),
  'path-style': toggle('address the bucket in the path; the default for IPs and localhost'),
  ...networkFlags,
}

export const commonFlags = { ...connectionFlags, ...outputFlags }

type Env = Shell['env']

/** What is around a command and leads to a bucket. */
type Around = Pick<Shell, 'env'>

/** A flag beats a variable. */
export async function bucketOf(
  name: string,
  flags: FlagValues<typeof connectionFlags>,
  { env }: Around,
): Promise<Bucket> {
  return new Bucket({
    name,
    credentials: fromEnv(env),
    ...networkOf(flags),
    ...defined({
      region: flags.region ?? nonEmpty(env.OSS_REGION),
      endpoint: flags.endpoint ?? endpointFrom(env, flags),
      internal: flags.internal || undefined,
      accelerate: flags.accelerate || undefined,
      cname: flags.cname || undefined,
      pathStyle: flags['path-style'] || undefined,
    }),
  })
}

/** Where an upload was begun. Flags lead there by another way; variables are of other uploads. */
export async function bucketOfCheckpoint(
  info: CheckpointInfo,
  flags: FlagValues<typeof connectionFlags>,
  { env }: Around,
): Promise<Bucket> {
  const { endpoint, cname, pathStyle, ...begun } = bucketOptionsOf(info)
  const isElsewhere = flags.endpoint !== undefined || flags.internal || flags.accelerate
  return new Bucket({
    ...begun,
    ...(isElsewhere ? {} : defined({ endpoint, cname, pathStyle })),
    credentials: fromEnv(env),
    ...networkOf(flags),
    ...defined({
      region: flags.region,
      endpoint: flags.endpoint,
      internal: flags.internal || undefined,
      accelerate: flags.accelerate || undefined,
      cname: flags.cname || undefined,
      pathStyle: flags['path-style'] || undefined,
    }),
  })
}

/** `--internal` and `--accelerate` name an endpoint themselves, so they beat the variable. */
function endpointFrom(env: Env, flags: FlagValues<typeof connectionFlags>): string | undefined {
  return flags.internal || flags.accelerate ? undefined : nonEmpty(env.OSS_ENDPOINT)
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
