// Two operations of STS that give temporary credentials for a role.

import { randomUUID } from 'node:crypto'
import type { Credentials } from '../../../ports.ts'
import { credentialsIn } from './answered-credentials.ts'
import { ask, type Reply } from './ask.ts'
import { fieldsOf, json, textOf } from './json-fields.ts'
import { masked } from './masked.ts'
import { isOn, type Surroundings, variable } from './options.ts'
import { misconfigured, refused, unavailable } from './refusal.ts'
import { formOf, signRpc } from './rpc-signature.ts'

/** A RAM role and how to assume it. */
export interface Role {
  /** The ARN of the role: `acs:ram::123456789012:role/name`. */
  roleArn: string
  /** The name of the session in audit logs. @default 'ossup' */
  sessionName?: string
  /** How long the credentials of the role are valid, seconds: from 900 to the limit of the role. @default 3600 */
  durationSeconds?: number
  /** A policy (JSON) that limits the permissions of the session. */
  policy?: string
  /** The external id, if the trust policy of the role requires one. */
  externalId?: string
  /** The region of STS. @default ALIBABA_CLOUD_STS_REGION, else the central STS */
  stsRegion?: string
}

const version = '2015-04-01'
const idleTimeoutMs = 10_000

/** @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` */
export function checkRole(role: Role): void {
  if (!role.roleArn) throw misconfigured('The ARN of the role is missing')
  const { durationSeconds } = role
  if (durationSeconds !== undefined && !(durationSeconds >= 900)) {
    throw misconfigured(`A session of ${durationSeconds} s is too short`, 'Allowed: from 900 s on')
  }
}

/** Assumes a role with credentials that may do so. */
export async function assumeRole(
  base: Credentials,
  role: Role,
  around: Surroundings,
): Promise<Credentials> {
  const form = { ...formFor(role), ...(role.externalId && { ExternalId: role.externalId }) }
  const send = (at: number) => {
    const query = {
      ...queryFor('AssumeRole', at),
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: randomUUID(),
      AccessKeyId: base.accessKeyId,
      ...(base.securityToken !== undefined && { SecurityToken: base.securityToken }),
    }
    const Signature = signRpc('POST', { ...query, ...form }, base.accessKeySecret)
    return askSts({ ...query, Signature }, form, role, around)
  }
  const reply = await send(around.clock.now())
  const serverTime = Date.parse(reply.headers.date ?? '')
  const isSkewed = codeOf(reply)?.startsWith('InvalidTimeStamp') && !Number.isNaN(serverTime)
  return credentialsOf(isSkewed ? await send(serverTime) : reply, role, around)
}

/** Assumes a role with a token of an OpenID Connect provider, instead of a signature. */
export async function assumeRoleWithOidc(
  token: { readonly providerArn: string; readonly token: string },
  role: Role,
  around: Surroundings,
): Promise<Credentials> {
  const form = { ...formFor(role), OIDCProviderArn: token.providerArn, OIDCToken: token.token }
  const query = queryFor('AssumeRoleWithOIDC', around.clock.now())
  return credentialsOf(await askSts(query, form, role, around), role, around)
}

function queryFor(action: string, at: number): Record<string, string> {
  const Timestamp = `${new Date(at).toISOString().slice(0, -5)}Z`
  return { Action: action, Version: version, Format: 'JSON', Timestamp }
}

function formFor({ roleArn, sessionName, durationSeconds, policy }: Role): Record<string, string> {
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName || 'ossup',
    DurationSeconds: String(durationSeconds ?? 3600),
    ...(policy && { Policy: policy }),
  }
}

function askSts(
  query: Readonly<Record<string, string>>,
  form: Readonly<Record<string, string>>,
  role: Role,
  around: Surroundings,
): Promise<Reply> {
  return ask({
    whom: whomOf(role, around),
    method: 'POST',
    url: new URL(`/?${formOf(query)}`, endpointOf(role, around)),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: formOf(form),
    idleTimeoutMs,
    network: around.network,
  })
}

function endpointOf({ stsRegion }: Role, { env, stsEndpoint }: Surroundings): string {
  if (stsEndpoint !== undefined) return stsEndpoint
  const region = stsRegion || variable(env, 'ALIBABA_CLOUD_STS_REGION')
  if (region === undefined) return 'https://sts.aliyuncs.com'
  const name = isOn(env, 'ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED') ? 'sts-vpc' : 'sts'
  return `https://${name}.${region}.aliyuncs.com`
}

function whomOf(role: Role, around: Surroundings): string {
  return `STS at ${new URL(endpointOf(role, around)).host}`
}

function credentialsOf(reply: Reply, role: Role, around: Surroundings): Credentials {
  const whom = whomOf(role, around)
  const fields = fieldsOf(json(reply.text))
  if (reply.status === 200) return credentialsIn(fields.Credentials, whom)
  const code = codeOf(reply)
  const said = [
    code ?? `status ${reply.status}`,
    ...(textOf(fields.RequestId) === undefined ? [] : [`request ${textOf(fields.RequestId)}`]),
  ].join(', ')
  const message = `${whom} does not give the role ${role.roleArn}: ${masked(textOf(fields.Message) ?? '', 160)} (${said})`
  if (reply.status >= 500 || code?.startsWith('Throttling')) throw unavailable(message)
  throw refused(message, hintFor(code))
}

function codeOf({ text }: Reply): string | undefined {
  return textOf(fieldsOf(json(text)).Code)
}

function hintFor(code = ''): string | undefined {
  if (code === 'NoPermission') {
    return "Check the role's trust policy, and that who takes it on may sts:AssumeRole"
  }
  if (code.startsWith('SignatureDoesNotMatch')) {
    return 'The AccessKey secret is not the one of that id'
  }
  if (code.startsWith('EntityNotExist')) return 'Check the ARN of the role'
  return undefined
}
