// The RAM role of this ECS instance, from its metadata service. Source: oss-protocol, 6.3.

import type { CredentialsProvider } from '../../../ports.ts'
import { credentialsIn } from './answered-credentials.ts'
import { ask, type Reply } from './ask.ts'
import { fieldsOf, json } from './json-fields.ts'
import { isOn, type Surroundings, variable } from './options.ts'
import { misconfigured, refused, unavailable } from './refusal.ts'

/** Options for the role of an ECS instance. */
export interface EcsRole {
  /** The name of the role. It saves one request. @default ALIBABA_CLOUD_ECS_METADATA, else from the metadata service */
  roleName?: string
  /** Uses only the hardened mode, which gets a token first. @default ALIBABA_CLOUD_IMDSV1_DISABLED */
  hardenedOnly?: boolean
}

const rolesPath = '/latest/meta-data/ram/security-credentials/'
const tokenPath = '/latest/api/token'
const tokenLifeSeconds = '21600'
/** A short timeout, because the service is on the same machine. Without a quick answer, there is no such service. */
const idleTimeoutMs = 1000

export function ecsRoleProvider(role: EcsRole, around: Surroundings): CredentialsProvider {
  const { env } = around
  const hardenedOnly = role.hardenedOnly ?? isOn(env, 'ALIBABA_CLOUD_IMDSV1_DISABLED')
  const endpoint = around.metadataEndpoint ?? 'http://100.100.100.200'
  const whom = `The metadata service at ${new URL(endpoint).host}`

  // A proxy would get the role of its own machine.
  const network = { proxy: false } as const
  const send = (method: string, path: string, headers: Record<string, string>) =>
    ask({ whom, method, url: new URL(path, endpoint), headers, idleTimeoutMs, network })

  /** The token; `undefined` if the service knows only the plain mode. Rejects if it does not answer. */
  async function tokenOf(): Promise<string | undefined> {
    const ttl = { 'x-aliyun-ecs-metadata-token-ttl-seconds': tokenLifeSeconds }
    const { status, text } = await send('PUT', tokenPath, ttl)
    if (status === 200) return text.trim()
    if (hardenedOnly)
      throw refused(`${whom} gives no token for the hardened mode (status ${status})`)
    return undefined
  }

  async function read(path: string, token: string | undefined): Promise<Reply> {
    if (token === undefined) return send('GET', path, {})
    const reply = await send('GET', path, { 'x-aliyun-ecs-metadata-token': token })
    return reply.status === 200 || reply.status === 404 || hardenedOnly
      ? reply
      : send('GET', path, {})
  }

  async function roleNameOf(token: string | undefined): Promise<string> {
    const { status, text } = await read(rolesPath, token)
    const name = text.trim().split(/\s/)[0] ?? ''
    if (status === 200 && name !== '') return name
    if (status >= 500) throw unavailable(`${whom} fails with status ${status}`)
    throw refused('This instance has no RAM role', 'Attach one to it, or use other credentials')
  }

  return async () => {
    if (isOn(env, 'ALIBABA_CLOUD_ECS_METADATA_DISABLED')) {
      throw misconfigured('ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids the role of the instance')
    }
    const token = await tokenOf()
    const name =
      role.roleName || variable(env, 'ALIBABA_CLOUD_ECS_METADATA') || (await roleNameOf(token))
    const { status, text } = await read(rolesPath + encodeURIComponent(name), token)
    if (status >= 500) throw unavailable(`${whom} fails with status ${status}`)
    const answer = json(text)
    const { Code: code } = fieldsOf(answer)
    if (status !== 200 || code !== 'Success') {
      throw refused(`${whom} does not give the role ${name} (status ${status})`)
    }
    return credentialsIn(answer, whom)
  }
}
