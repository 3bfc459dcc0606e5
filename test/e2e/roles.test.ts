// Roles that STS gives, taken on by the command: STS is known only by its name, reached through a proxy and
// trusted by an authority of its own. What it gives has to be what OSS lets in, and no secret is said.

import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type CredentialsLink, describeLink } from '../../src/runtimes/node/index.ts'
import {
  type Asked,
  credentialsEndpoint,
  type Given,
} from '../unit/runtimes/node/credentials/endpoint.ts'
import { alibabacloud, aliyun, homes, ossutil } from '../unit/runtimes/node/credentials/home.ts'
import { certificateFor } from '../unit/support/certificate.ts'
import { loopbackProxy } from '../unit/support/loopback-proxy.ts'
import { jsonLines, ossup } from './command.ts'
import { noiseFile } from './folder.ts'
import { localOss } from './local-oss.ts'

const homeWith = homes()

const id = 'LTAI5tExampleExampleExamp'
const secret = 'x7Kq2ZpLmN4vRt8WyB1cDfGhJ3sA5e'
const oidcToken = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMyJ9.eyJzdWIiOiJwb2QxMjM0In0.c2lnbmF0dXJlMTIz'
const roleArn = 'acs:ram::123456789012:role/upload'
const secondArn = 'acs:ram::123456789012:role/second'
const oidcProviderArn = 'acs:ram::123456789012:oidc-provider/cluster'
const issued = {
  AccessKeyId: 'STS.NUgYrLnoC37mZZCNnAbez123',
  AccessKeySecret: 'Hq9ZtY3xW7vU1sR5pN2mK8jG4fD6aB',
  SecurityToken: 'CAISjgJ1q6Ft5B2yfSjIr5bkE9nRg+0Z/bWEfE7hkEg+Z9lPl6bAszz2IHlMe3h=',
  Expiration: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ''),
}
const secrets = [secret, oidcToken, issued.AccessKeySecret, issued.SecurityToken].flatMap(one => [
  one,
  encodeURIComponent(one),
])

// OSS knows what STS gives and nothing else: the keys that take the role on may not upload.
const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret } = issued
const { oss, bytes } = await localOss()
oss.keys.add({ accessKeyId, accessKeySecret, securityToken: issued.SecurityToken })
const tls = certificateFor(['DNS:*.aliyuncs.com'])
const sts = await credentialsEndpoint(tls)
const proxy = await loopbackProxy({ port: sts.port })
afterAll(() => proxy.close())

const folder = homeWith({ oidc: `${oidcToken}\n`, 'ca.pem': tls.cert })
const [ca, oidcTokenFile, file] = ['ca.pem', 'oidc', 'file.bin'].map(name => join(folder, name))
const content = noiseFile(file ?? '', 250 * 1024)

/** As the documentation of RPC signatures describes it, apart from what the command does. */
function signatureOf({ method, query: { Signature: _, ...query }, form }: Asked): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  const pairs = Object.entries({ ...query, ...form }).map(([name, value]) =>
    [name, value].map(encode),
  )
  const canonical = pairs
    .map(pair => pair.join('='))
    .sort()
    .join('&')
  const signed = [method, encode('/'), encode(canonical)].join('&')
  const key = query.AccessKeyId === id ? secret : issued.AccessKeySecret
  return createHmac('sha1', `${key}&`).update(signed).digest('base64')
}

/** STS: who shows that he may, gets the role. */
function give(asked: Asked): Given {
  const { query, form } = asked
  const known = query.AccessKeyId === id || query.SecurityToken === issued.SecurityToken
  const may = {
    AssumeRole: known && query.Signature === signatureOf(asked),
    AssumeRoleWithOIDC: form.OIDCToken === oidcToken && form.OIDCProviderArn === oidcProviderArn,
  }[query.Action ?? '']
  if (!may) return [400, { Code: 'SignatureDoesNotMatch', Message: 'no', RequestId: 'R0' }]
  return [
    200,
    {
      RequestId: '6894B13B-6D71-4EF5-88FA-F32781734A7F',
      AssumedRoleUser: { Arn: `${form.RoleArn}/ossup`, AssumedRoleId: '344584339364951:ossup' },
      Credentials: issued,
    },
  ]
}

interface Source {
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, unknown>>
  readonly flags?: readonly string[]
}

const keys = { access_key_id: id, access_key_secret: secret }
const oidc = { oidc_provider_arn: oidcProviderArn, oidc_token_file: oidcTokenFile }
const cli = (...profiles: object[]) => ({ [aliyun]: { current: 'default', profiles } })
const ini = (settings: object) =>
  `[default]\n${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}`

const assumed: Readonly<Record<string, Source>> = {
  OSS_ACCESS_KEY_ID: {
    env: { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret, OSS_ROLE_ARN: roleArn },
  },
  '~/.ossutilconfig, profile default': {
    files: { [ossutil]: ini({ mode: 'RamRoleArn', ...keys, 'role-arn': roleArn }) },
  },
  '~/.aliyun/config.json, profile default': {
    files: cli({ name: 'default', mode: 'RamRoleArn', ...keys, ram_role_arn: roleArn }),
  },
  '~/.aliyun/config.json, profile chained': {
    files: cli(
      { name: 'default', mode: 'RamRoleArn', ...keys, ram_role_arn: secondArn },
      {
        name: 'chained',
        mode: 'ChainableRamRoleArn',
        source_profile: 'default',
        ram_role_arn: roleArn,
      },
    ),
    flags: ['--profile', 'chained'],
  },
  '~/.alibabacloud/credentials, profile default': {
    files: { [alibabacloud]: ini({ type: 'ram_role_arn', ...keys, role_arn: roleArn }) },
  },
}

const rrsa = {
  ALIBABA_CLOUD_ROLE_ARN: roleArn,
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: oidcProviderArn,
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: oidcTokenFile ?? '',
}

const ofPods: Readonly<Record<string, Source>> = {
  'OIDC role in the environment (RRSA)': { env: rrsa },
  '~/.ossutilconfig, profile default': {
    files: {
      [ossutil]: ini({
        mode: 'oidcRoleArn',
        'oidc-provider-arn': oidcProviderArn,
        'oidc-token-file-path': oidcTokenFile,
        'role-arn': roleArn,
      }),
    },
  },
  '~/.aliyun/config.json, profile default': {
    files: cli({ name: 'default', mode: 'OIDC', ...oidc, ram_role_arn: roleArn }),
  },
  '~/.alibabacloud/credentials, profile default': {
    files: {
      [alibabacloud]: ini({
        type: 'oidc_role_arn',
        oidc_provider_arn: oidcProviderArn,
        oidc_token_file_path: oidcTokenFile,
        role_arn: roleArn,
      }),
    },
  },
}

async function run(args: readonly string[], { env = {}, files = {}, flags = [] }: Source) {
  const outcome = await ossup([...args, ...flags], {
    HOME: homeWith(files),
    NO_COLOR: '1',
    OSS_REGION: oss.region,
    OSS_ENDPOINT: oss.endpoint,
    HTTPS_PROXY: proxy.address,
    NO_PROXY: '',
    ...env,
  })
  for (const one of secrets) expect(outcome.stdout + outcome.stderr).not.toContain(one)
  return outcome
}

const trusting = ['--ca-file', ca ?? '', '--log-level', 'debug']

test.each([
  ...Object.entries(assumed).map(entry => ['AssumeRole', ...entry] as const),
  ...Object.entries(ofPods).map(entry => ['AssumeRoleWithOIDC', ...entry] as const),
])('%s by %s', async (action, place, source) => {
  sts.answer(give)
  proxy.asked.length = 0
  const parts = ['--multipart-threshold', '100KiB', '--part-size', '100KiB']
  const [upload, doctor] = await Promise.all([
    run(['upload', file ?? '', 'oss://examplebucket/key', ...parts, ...trusting], source),
    run(['doctor', '--json', ...trusting], source),
  ])
  expect(upload.stderr).toContain(`${place}: used: `)
  expect(upload.stderr).toContain(roleArn)
  expect(upload.code).toBe(0)
  expect((await bytes('key')).equals(content)).toBe(true)

  const checks = jsonLines(doctor).filter(({ type }) => type === 'check')
  const places = checks.find(({ check }) => check === 'credentials')?.places as CredentialsLink[]
  const used = places.filter(({ outcome }) => outcome === 'used')
  expect(used.map(describeLink)).toEqual([expect.stringContaining(place)])
  expect(used[0]).toMatchObject({ accessKeyId: 'STS.…z123', expiresAt: expect.any(Number) })
  expect(checks.find(({ check }) => check === 'bucket')).toMatchObject({ state: 'ok' })
  expect(doctor.code).toBe(0)

  expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT sts.aliyuncs.com:443']))
  expect(new Set(sts.asked.map(({ query }) => query.Action))).toEqual(new Set([action]))
})

const refusal = { Code: 'NoPermission', Message: `not ${secret}`, RequestId: 'R1' }
const refuses = (): Given => [403, refusal]
const fails = (): Given => [503, issued]
const elsewhere = { HTTPS_PROXY: 'http://127.0.0.1:1' }
const { OSS_ACCESS_KEY_ID: byVariables = {} } = assumed

test.each<
  [
    what: string,
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
    answers: (asked: Asked) => Given,
    code: number,
    message: RegExp,
  ]
>([
  [
    'STS refuses',
    trusting,
    {},
    refuses,
    3,
    /sts\.aliyuncs\.com does not give the role acs:ram::123456789012:role\/upload: not \*\*\* \(NoPermission, request R1\)\. Check the role's trust policy/,
  ],
  ['STS is out of order', trusting, {}, fails, 5, /\(status 503\)\. This passes by itself/],
  ['STS cannot be reached', trusting, elsewhere, give, 5, /cannot be asked.*ECONNREFUSED/],
  // `--insecure` is for OSS alone.
  ['STS is not trusted', ['--insecure'], {}, give, 3, /self-signed.*--ca-file/],
])('%s', async (_, flags, env, answers, code, message) => {
  sts.answer(answers)
  const source = { ...byVariables, env: { ...byVariables.env, ...env } }
  const [upload, doctor] = await Promise.all([
    run(['upload', file ?? '', 'oss://examplebucket/never', '--json', ...flags], source),
    run(['doctor', '--json', ...flags], source),
  ])
  expect(upload.stderr).toMatch(message)
  expect(upload.code).toBe(code)
  expect(jsonLines(upload).at(-1)).toMatchObject({ exitCode: code, retryable: code === 5 })
  const [check] = jsonLines(doctor).filter(line => line.check === 'credentials')
  expect(check).toMatchObject({ state: 'problem', summary: expect.stringMatching(message) })
  expect(check?.summary).toContain('OSS_ACCESS_KEY_ID: failed: ')
  expect(doctor.code).toBe(code)
})

test('a pod whose token is not there', async () => {
  const source = { env: { ...rrsa, ALIBABA_CLOUD_OIDC_TOKEN_FILE: join(folder, 'absent') } }
  const outcome = await run(['ls', 'oss://examplebucket', ...trusting], source)
  expect(outcome.stderr).toMatch(/OIDC token file .*absent cannot be read \(ENOENT\)/)
  expect(outcome.code).toBe(3)
})
