// The environment, clock and network that the providers of this folder use. Tests replace them.

import type { Clock } from '../../../ports.ts'
import type { NetworkOptions } from '../http/network-options.ts'
import { nodeClock } from '../platform/clock.ts'
import { homeFolder } from '../platform/home.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Options for providers that need files or requests. */
export interface CredentialsOptions {
  /** Variables of the environment. @default process.env */
  env?: Environment
  /** The home folder, for `~`. @default `HOME` of `env`, else that of the user */
  home?: string
  /** The clock that decides when credentials have expired. @default this machine's clock */
  clock?: Clock
  /** Proxy and certificates for STS and credentials URIs. @default those of the environment */
  network?: NetworkOptions
  /** The address of STS, with its scheme. @default that of the role's region, else `https://sts.aliyuncs.com` */
  stsEndpoint?: string
  /** The metadata service of ECS, with its scheme. Never reached through a proxy. @default `http://100.100.100.200` */
  metadataEndpoint?: string
}

/** Credentials options with all defaults filled in. */
export type Surroundings = CredentialsOptions & Required<Pick<CredentialsOptions, 'env' | 'clock'>>

export function surroundingsOf(options: CredentialsOptions): Surroundings {
  const { env = process.env, clock = nodeClock } = options
  const home = options.home ?? homeFolder(env)
  return { ...options, env, ...(home !== undefined && { home }), clock }
}

/** The value of a variable that is set and not empty. */
export function variable(env: Environment, ...names: readonly string[]): string | undefined {
  // A value may end with a carriage return (from a file with Windows line ends) or a line feed (from Kubernetes).
  return names.map(name => env[name]?.trim()).find(value => value !== undefined && value !== '')
}

/** True if a variable is `true`, in upper or lower case. */
export function isOn(env: Environment, name: string): boolean {
  return env[name]?.trim().toLowerCase() === 'true'
}
