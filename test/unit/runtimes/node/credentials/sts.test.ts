// Roles that are taken on at STS: the request as STS has to see it, its answers, and renewal.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signRpc } from '../../../../../src/runtimes/node/credentials/rpc-signature.ts'
import {
  fromAssumedRole,
  fromOidcRole,
  staticCredentials,
} from '../../../../../src/runtimes/node/index.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'
import { type Asked, credentialsEndpoint, issued } from './endpoint.ts'
import { homes } from './home.ts'

const homeWith = homes()

const sts = await credentialsEndpoint()
const folder = homeWith({})
const asking = { refresh: false }
const roleArn = 'acs:ram::123456789012:role/upload'
const base = staticCredentials({ accessKeyId: 'ak', accessKeySecret: 'base-secret' })
const hour = 3_600_000

function around(clock = new VirtualClock()) {
  return { clock, env: {}, stsEndpoint: sts.origin }
}

function assumed(number: number, at: number) {
  return {
    RequestId: `request-${number}`,
    AssumedRoleUser: { Arn: `${roleArn}/ossup`, AssumedRoleId: '3445:ossup' },
    Credentials: issued(number, new Date(at).toISOString().replace('.000Z', 'Z')),
  }
}

function isSigned({ query: { Signature, ...query }, form }: Asked): boolean {
  return Signature === signRpc('POST', { ...query, ...form }, 'base-secret')
}

test('AssumeRole', async () => {
  const clock = new VirtualClock()
  sts.answer(() => [200, assumed(1, clock.now() + hour)])
  const role = {
    roleArn,
    sessionName: 'job 7',
    durationSeconds: 900,
    externalId: 'e',
    policy: '{}',
  }
  const credentials = await fromAssumedRole(base, role, around(clock))(asking)
  expect(credentials).toEqual({
    accessKeyId: 'STS.id1',
    accessKeySecret: 'secret1',
    securityToken: 'token1',
    expiresAt: clock.now() + hour,
  })
  expect(sts.asked).toHaveLength(1)
  expect(sts.asked[0]).toMatchObject({
    method: 'POST',
    path: '/',
    query: {
      Action: 'AssumeRole',
      Version: '2015-04-01',
      Format: 'JSON',
      AccessKeyId: 'ak',
      Timestamp: '2026-01-02T03:04:05Z',
    },
    form: {
      RoleArn: roleArn,
      RoleSessionName: 'job 7',
      DurationSeconds: '900',
      ExternalId: 'e',
      Policy: '{}',
    },
  })
  expect(sts.asked.every(isSigned)).toBe(true)
})

test('AssumeRole with temporary credentials sends their token', async () => {
  sts.answer(() => [200, assumed(1, Date.now() + hour)])
  const temporary = staticCredentials({
    accessKeyId: 'STS.base',
    accessKeySecret: 'base-secret',
    securityToken: 'base+token',
  })
  await fromAssumedRole(temporary, { roleArn }, around())(asking)
  expect(sts.asked[0]?.query).toMatchObject({ SecurityToken: 'base+token' })
  expect(sts.asked.every(isSigned)).toBe(true)
})

test('a role is taken on once for all, again before it ends, and at once when OSS refuses it', async () => {
  const clock = new VirtualClock()
  sts.answer((_, count) => [200, assumed(count, clock.now() + hour)])
  const provider = fromAssumedRole(base, { roleArn }, around(clock))
  const idNow = async () => (await provider(asking)).accessKeyId
  const renewed = async () => {
    const last = { accessKeyId: 'STS.id2', securityToken: second.securityToken ?? '' }
    return (await provider({ refresh: true, last })).accessKeyId
  }
  expect(await Promise.all([idNow(), idNow(), idNow()])).toEqual(['STS.id1', 'STS.id1', 'STS.id1'])
  await clock.advance(hour * 0.79)
  expect(await idNow()).toBe('STS.id1')
  await clock.advance(hour * 0.02)
  // Callers that find them due get the old ones meanwhile.
  expect(await idNow()).toBe('STS.id1')
  await expect.poll(() => idNow()).toBe('STS.id2')
  const second = await provider(asking)
  // Three buckets whose requests were refused, two of them at the same time.
  expect(await Promise.all([renewed(), renewed()])).toEqual(['STS.id3', 'STS.id3'])
  expect(await renewed()).toBe('STS.id3')
  expect(sts.asked).toHaveLength(3)
})

test('a clock that is wrong is corrected by the answer', async () => {
  const clock = new VirtualClock()
  const server = Date.UTC(2026, 0, 2, 5, 0, 0)
  sts.answer(({ query }) =>
    query.Timestamp === '2026-01-02T05:00:00Z'
      ? [200, assumed(1, server + hour)]
      : [400, { Code: 'InvalidTimeStamp.Expired' }, new Date(server).toUTCString()],
  )
  const { accessKeyId } = await fromAssumedRole(base, { roleArn }, around(clock))(asking)
  expect(accessKeyId).toBe('STS.id1')
  expect(sts.asked).toHaveLength(2)
  expect(sts.asked.every(isSigned)).toBe(true)
  expect(sts.asked[0]?.query.SignatureNonce).not.toBe(sts.asked[1]?.query.SignatureNonce)
})

test.each<[what: string, status: number, body: unknown, code: string, message: RegExp]>([
  [
    'no permission',
    403,
    { Code: 'NoPermission', Message: 'You are not authorized', RequestId: 'R1' },
    'CREDENTIALS_REFUSED',
    /does not give the role acs:ram::123456789012:role\/upload: You are not authorized \(NoPermission, request R1\)\. Check the role's trust policy/,
  ],
  [
    'a wrong secret, with what STS had to sign',
    400,
    {
      Code: 'SignatureDoesNotMatch',
      Message: 'server string to sign is:POST&%2F&AccessKeyId%3Dak',
    },
    'CREDENTIALS_REFUSED',
    /secret is not the one of that id/,
  ],
  ['throttling', 400, { Code: 'Throttling.User' }, 'CREDENTIALS_UNAVAILABLE', /Throttling/],
  ['a fault', 503, 'out of order', 'CREDENTIALS_UNAVAILABLE', /status 503/],
  [
    'half an answer',
    200,
    '{"Credentials":{"AccessKeySecret":"top-sec',
    'CREDENTIALS_REFUSED',
    /no AccessKeyId/,
  ],
  [
    'an answer without a secret',
    200,
    { Credentials: { AccessKeyId: 'x' } },
    'CREDENTIALS_REFUSED',
    /no AccessKeySecret/,
  ],
])('%s', async (_, status, body, code, message) => {
  sts.answer(() => [status, body])
  const error = await fromAssumedRole(base, { roleArn }, around())(asking).catch(reason => reason)
  expect(error).toMatchObject({ name: 'CredentialsError', code })
  expect(error.message).toMatch(message)
  expect(error.message).not.toMatch(/top-sec|base-secret/)
  expect(error.retryable).toBe(code === 'CREDENTIALS_UNAVAILABLE')
})

test('while STS is out of order the old ones serve', async () => {
  const clock = new VirtualClock()
  sts.answer((_, count) => (count === 2 ? [503, ''] : [200, assumed(count, clock.now() + hour)]))
  const provider = fromAssumedRole(base, { roleArn }, around(clock))
  await provider(asking)
  await clock.advance(hour * 0.9)
  expect((await provider(asking)).accessKeyId).toBe('STS.id1')
  await expect.poll(() => sts.asked.length).toBe(2)
  expect((await provider(asking)).accessKeyId).toBe('STS.id1')
  await clock.advance(10_000)
  await provider(asking)
  await expect.poll(async () => (await provider(asking)).accessKeyId).toBe('STS.id3')
})

test.each([
  [{ roleArn: '' }, /ARN of the role/],
  [{ roleArn, durationSeconds: 60 }, /60 s/],
])('%j is refused before STS is asked', async (role, message) => {
  sts.answer(() => [500, ''])
  const error = await fromAssumedRole(base, role, around())(asking).catch(reason => reason)
  expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
  expect(error.message).toMatch(message)
  expect(sts.asked).toHaveLength(0)
})

test('AssumeRoleWithOIDC needs no signature and reads its token each time', async () => {
  const clock = new VirtualClock()
  const oidcTokenFile = join(folder, 'token')
  writeFileSync(oidcTokenFile, 'eyJ.first\n')
  sts.answer((_, count) => [200, assumed(count, clock.now() + hour)])
  const role = { roleArn, oidcProviderArn: 'acs:ram::1:oidc-provider/p', oidcTokenFile }
  const provider = fromOidcRole(role, around(clock))
  expect((await provider(asking)).accessKeyId).toBe('STS.id1')
  expect(sts.asked[0]?.query).toEqual({
    Action: 'AssumeRoleWithOIDC',
    Version: '2015-04-01',
    Format: 'JSON',
    Timestamp: '2026-01-02T03:04:05Z',
  })
  expect(sts.asked[0]?.form).toEqual({
    OIDCProviderArn: 'acs:ram::1:oidc-provider/p',
    OIDCToken: 'eyJ.first',
    RoleArn: roleArn,
    RoleSessionName: 'ossup',
    DurationSeconds: '3600',
  })
  writeFileSync(oidcTokenFile, 'eyJ.second')
  await clock.advance(60_000)
  expect((await provider({ refresh: true })).accessKeyId).toBe('STS.id2')
  expect(sts.asked[1]?.form.OIDCToken).toBe('eyJ.second')
})

test('a token file that is not there is named', async () => {
  const role = { roleArn, oidcProviderArn: 'p', oidcTokenFile: join(folder, 'absent') }
  await expect(fromOidcRole(role, around())(asking)).rejects.toMatchObject({
    code: 'CREDENTIALS_MISCONFIGURED',
    message: expect.stringMatching(/absent cannot be read \(ENOENT\)/),
  })
})
