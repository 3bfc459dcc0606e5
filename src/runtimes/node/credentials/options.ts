// What the providers of this folder find around them, and how a test puts other things there.

import type { Clock } from '../../../ports.ts'
import type { NetworkOptions } from '../http/network-options.ts'
import { nodeClock } from '../platform/clock.ts'
import { homeFolder } from '../platform/home.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where and how credentials that are not simply there are asked for. */
export interface CredentialsOptions {
  /** Variables of the environment. @default process.env */
  env?: Environment
  /** The folder that `~` stands for. @default `HOME` of `env`, else that of the user */
  home?: string
  /** Tells when credentials end. @default this machine's clock */
  clock?: Clock
  /** Proxy and certificates on the way to STS and credentials URIs; those of the environment unless told otherwise. */
  network?: NetworkOptions
  /** STS, with its scheme. @default that of the role's region, else `https://sts.aliyuncs.com` */
  stsEndpoint?: string
  /** The metadata service of ECS, with its scheme. Never reached through a proxy. @default `http://100.100.100.200` */
  metadataEndpoint?: string
}

/** The same, complete where there is a default. */
export type Surroundings = CredentialsOptions & Required<Pick<CredentialsOptions, 'env' | 'clock'>>

export function surroundingsOf(options: CredentialsOptions): Surroundings {
  const { env = process.env, clock = nodeClock } = options
  const home = options.home ?? homeFolder(env)
  return { ...options, env, ...(home !== undefined && { home }), clock }
}

/** A variable that is set to something. */
export function variable(env: Environment, ...names: readonly string[]): string | undefined {
  // A file with Windows line ends that a shell has read leaves a carriage return; Kubernetes, a line feed.
  return names.map(name => env[name]?.trim()).find(value => value !== undefined && value !== '')
}

/** A switch of the environment: `true` in any spelling. */
export function isOn(env: Environment, name: string): boolean {
  return env[name]?.trim().toLowerCase() === 'true'
}
