// The command with credentials from every place that it knows: it works, it says where they are from, and
// no secret is in its output, at any log level and after any failure. Roles that STS
// gives are in roles.test.ts, the role of an ECS instance in scripts/ecs-role.mjs.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  Bucket,
  type CredentialsLink,
  type CredentialsOptions,
  describeLink,
  explainCredentials,
  fromAssumedRole,
  fromEcsRole,
  fromOidcRole,
  staticCredentials,
} from '../../src/runtimes/node/index.ts'
import { credentialsEndpoint } from '../unit/runtimes/node/credentials/endpoint.ts'
import { alibabacloud, aliyun, homes, ossutil } from '../unit/runtimes/node/credentials/home.ts'
import { VirtualClock } from '../unit/support/virtual-clock.ts'
import { jsonLines, ossup, root, startProcess } from './command.ts'
import { noiseFile } from './folder.ts'
import { localOss } from './local-oss.ts'

const homeWith = homes()

const id = 'LTAI5tExampleExampleExamp'
const secret = 'x7Kq2ZpLmN4vRt8WyB1cDfGhJ3sA5e'
const temporaryId = 'STS.NUgYrLnoC37mZZCNnAbez123'
const temporarySecret = 'Hq9ZtY3xW7vU1sR5pN2mK8jG4fD6aB'
const token = 'CAISjgJ1q6Ft5B2yfSjIr5bkE9nRg+0Z/bWEfE7hkEg+Z9lPl6bAszz2IHlMe3h='
const { oss, bytes } = await localOss({
  keys: [
    { accessKeyId: id, accessKeySecret: secret },
    { accessKeyId: temporaryId, accessKeySecret: temporarySecret, securityToken: token },
  ],
})
const service = await credentialsEndpoint()
const issued = {
  AccessKeyId: temporaryId,
  AccessKeySecret: temporarySecret,
  SecurityToken: token,
  Expiration: new Date(Date.now() + 3_600_000).toISOString(),
}
const place = `region=${oss.region}\nendpoint=${oss.endpoint}\n`
const file = join(homeWith({}), 'file.bin')
const content = noiseFile(file, 300 * 1024)
const target = 'oss://examplebucket/key'

const printed = `printf '%s' '${JSON.stringify(issued)}'`
const keys = `accessKeyID=${id}\naccessKeySecret=${secret}\n`
const variables = { OSS_REGION: oss.region, OSS_ENDPOINT: oss.endpoint }

interface Case {
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, unknown>>
  readonly flags?: readonly string[]
  /** The words about the source in use. */
  readonly said: RegExp
}

function cli(profile: object) {
  return { current: 'default', profiles: [{ name: 'default', region_id: 'cn-x', ...profile }] }
}

const cases: Readonly<Record<string, Case>> = {
  'variables of OSS': {
    env: { ...variables, OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret },
    said: /OSS_ACCESS_KEY_ID: used: access keys, LTAI…xamp/,
  },
  'variables of Alibaba Cloud': {
    env: {
      ...variables,
      ALIBABA_CLOUD_ACCESS_KEY_ID: temporaryId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: temporarySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: token,
    },
    said: /ALIBABA_CLOUD_ACCESS_KEY_ID: used: temporary access keys, STS\.…z123/,
  },
  'a credentials URI': {
    env: { ...variables, ALIBABA_CLOUD_CREDENTIALS_URI: `${service.origin}/?key=${secret}` },
    said: /ALIBABA_CLOUD_CREDENTIALS_URI: used: a credentials URI, STS\.…z123, until 20/,
  },
  'the file of ossutil 2': {
    files: { [ossutil]: `[default]\n${keys}${place}` },
    said: /~\/\.ossutilconfig, profile default: used: access keys/,
  },
  'the file of ossutil 1': {
    files: { [ossutil]: `[Credentials]\n${keys}${place}` },
    said: /~\/\.ossutilconfig, profile default: used: access keys/,
  },
  'a profile of ossutil 2': {
    files: { [ossutil]: `[default]\nmode=Process\n[profile dev]\n${keys}${place}` },
    flags: ['--profile', 'dev'],
    env: { OSS_ACCESS_KEY_ID: 'other', OSS_ACCESS_KEY_SECRET: 'other' },
    said: /~\/\.ossutilconfig, profile dev: used: access keys/,
  },
  'a process for ossutil': {
    files: { [ossutil]: `[default]\nmode=Process\ncredentialProcess=${printed}\n${place}` },
    said: /profile default: used: an external process, STS\.…z123, until 20/,
  },
  'a token for the CLI': {
    env: variables,
    files: {
      [aliyun]: cli({
        mode: 'StsToken',
        access_key_id: temporaryId,
        access_key_secret: temporarySecret,
        sts_token: token,
      }),
    },
    said: /~\/\.aliyun\/config\.json, profile default: used: temporary access keys/,
  },
  'a process for the CLI': {
    env: variables,
    files: { [aliyun]: cli({ mode: 'External', process_command: printed }) },
    said: /~\/\.aliyun\/config\.json, profile default: used: an external process/,
  },
  'the file that SDKs share': {
    env: variables,
    files: {
      [alibabacloud]: `[default]\ntype = access_key\naccess_key_id = ${id}\naccess_key_secret = ${secret}\n`,
    },
    said: /~\/\.alibabacloud\/credentials, profile default: used: access keys/,
  },
}

const secrets = [secret, temporarySecret, token, encodeURIComponent(token)]

function expectNoSecret(text: string): void {
  for (const one of secrets) expect(text).not.toContain(one)
}

const debug = ['--log-level', 'debug']

function run(args: readonly string[], { env = {}, files = {}, flags = [] }: Partial<Case>) {
  return ossup([...args, ...flags], { HOME: homeWith(files), NO_COLOR: '1', ...env })
}

describe.each(Object.entries(cases))('%s', (_, one) => {
  test('upload, with all that is to be said', async () => {
    service.answer(() => [200, { ...issued, Code: 'Success' }])
    const parts = ['--multipart-threshold', '100KiB', '--part-size', '100KiB']
    const outcome = await run(['upload', file, target, ...parts, ...debug], one)
    expect(outcome.stderr).toMatch(one.said)
    expect(outcome.code).toBe(0)
    expect((await bytes('key')).equals(content)).toBe(true)
    expectNoSecret(outcome.stdout + outcome.stderr)
  })
})

test.each(Object.entries(cases))('doctor names %s', async (_, one) => {
  service.answer(() => [200, { ...issued, Code: 'Success' }])
  const outcome = await run(['doctor', '--json'], one)
  const [check] = jsonLines(outcome).filter(line => line.check === 'credentials')
  expect(check).toMatchObject({ state: 'ok' })
  const places = check?.places as CredentialsLink[]
  expect(places.filter(({ outcome }) => outcome === 'used').map(describeLink)).toEqual([
    expect.stringMatching(one.said),
  ])
  expectNoSecret(outcome.stdout + outcome.stderr)
})

test('doctor names the fault of a configured source', async () => {
  service.answer(() => [403, temporarySecret])
  const env = { ...variables, ALIBABA_CLOUD_CREDENTIALS_URI: service.origin }
  const outcome = await run(['doctor'], { env })
  expect(outcome.stdout + outcome.stderr).toMatch(
    /ALIBABA_CLOUD_CREDENTIALS_URI: failed:[\s\S]*no credentials \(status 403\)/,
  )
  expect(outcome.code).toBe(3)
  expectNoSecret(outcome.stdout + outcome.stderr)
})

const failures: Readonly<Record<string, Case & { readonly code: number }>> = {
  'a wrong secret': {
    env: { ...variables, OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: `${secret}x` },
    said: /SignatureDoesNotMatch/,
    code: 3,
  },
  'a wrong token': {
    env: {
      ...variables,
      OSS_ACCESS_KEY_ID: temporaryId,
      OSS_ACCESS_KEY_SECRET: temporarySecret,
      OSS_SESSION_TOKEN: `${token}x`,
    },
    said: /InvalidSecurityToken|InvalidAccessKeyId/,
    code: 3,
  },
  'a URI that gives half of it': {
    env: { ...variables, ALIBABA_CLOUD_CREDENTIALS_URI: service.origin },
    said: /The credentials URI at http:\/\/127\.0\.0\.1:\d+ gave no AccessKeyId/,
    code: 3,
  },
  'a process that complains with all it knows': {
    files: {
      [ossutil]: `[default]\nmode=Process\ncredentialProcess=${printed} >&2; exit 7\n${place}`,
    },
    said: /failed with exit code 7: .*\*\*\*/,
    code: 3,
  },
  'a process that prints no JSON': {
    files: { [ossutil]: `[default]\nmode=Process\ncredentialProcess=echo ${secret}\n${place}` },
    said: /not JSON/,
    code: 3,
  },
  'a file that cannot be understood': {
    env: variables,
    files: { [ossutil]: `[default]\n${secret}\n` },
    said: /~\/\.ossutilconfig, line 2, cannot be understood/,
    code: 3,
  },
  'JSON that cannot be understood': {
    env: variables,
    files: { [aliyun]: `{"access_key_secret":"${secret}"` },
    said: /~\/\.aliyun\/config\.json is not what the CLI writes/,
    code: 3,
  },
  'a mode that is not supported': {
    env: variables,
    files: { [aliyun]: cli({ mode: 'CloudSSO', access_key_secret: secret, access_token: token }) },
    said: /mode CloudSSO is not supported/,
    code: 3,
  },
  'an unknown profile': {
    files: { [ossutil]: `[default]\n${keys}[profile dev]\n${keys}` },
    flags: ['--profile', 'prod'],
    said: /There is no profile 'prod'\. Known: default, dev in ~\/\.ossutilconfig.*\(--profile/,
    code: 2,
  },
  'nothing at all': {
    env: variables,
    said: /No credentials: neither OSS_ACCESS_KEY_ID nor ALIBABA_CLOUD_ACCESS_KEY_ID is set.*no file ~\/\.ossutilconfig, ~\/\.aliyun\/config\.json/,
    code: 3,
  },
}

describe.each(Object.entries(failures))('%s', (_, { said, code, ...one }) => {
  test('ls, with all that is to be said', async () => {
    service.answer(() => [200, { AccessKeySecret: temporarySecret, SecurityToken: token }])
    const outcome = await run(['ls', 'oss://examplebucket', ...debug, '--json'], one)
    expect(outcome.stderr).toMatch(said)
    expect(outcome.code).toBe(code)
    expect(jsonLines(outcome).at(-1)).toMatchObject({ type: 'error', exitCode: code })
    expectNoSecret(outcome.stdout + outcome.stderr)
  })
})

test('what docs/guide/credentials.md shows runs', async () => {
  const text = readFileSync(join(root, 'docs', 'guide', 'credentials.md'), 'utf8')
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(text) ?? []
  expect(code).toContain('bucketOptionsFromConfig')
  const library = pathToFileURL(join(root, 'dist', 'runtimes', 'node', 'index.js')).href
  const home = homeWith({
    [ossutil]: `[default]\n${keys}${place}`,
    'snippet.mjs': `${code.replace("'ossup'", `'${library}'`)}
const { buckets } = await bucket.listBuckets()
console.log(buckets[0].name, typeof credentials)`,
  })
  const outcome = await startProcess([join(home, 'snippet.mjs')], { HOME: home }).ended
  expect(outcome.stderr).toBe('')
  expect(outcome.stdout.toString()).toBe('examplebucket function\n')
})

describe('roles in the library', () => {
  const oidcTokenFile = join(homeWith({}), 'oidc')
  writeFileSync(oidcTokenFile, token)
  const clock = new VirtualClock()
  const options: CredentialsOptions = {
    clock,
    env: {},
    home: homeWith({}),
    stsEndpoint: service.origin,
    metadataEndpoint: service.origin,
  }
  const roleArn = 'acs:ram::1:role/r'
  const base = staticCredentials({ accessKeyId: id, accessKeySecret: secret })
  const providers = {
    'an assumed role': fromAssumedRole(base, { roleArn }, options),
    'an OIDC role': fromOidcRole({ roleArn, oidcProviderArn: 'acs:p', oidcTokenFile }, options),
    'an ECS role': fromEcsRole({ roleName: 'r' }, options),
  }
  const fresh = () => ({ ...issued, Credentials: issued, Code: 'Success' })

  test.each(Object.entries(providers))('%s', async (_, credentials) => {
    service.answer(({ method, path }) =>
      method === 'PUT' && path === '/latest/api/token' ? [200, token] : [200, fresh()],
    )
    const { endpoint, region } = oss
    const bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials })
    await bucket.putObject({ key: 'role', body: content })
    expect((await bytes('role')).equals(content)).toBe(true)
    service.answer(() => [400, { Code: 'No', Message: `${token} of ${secret} ${temporarySecret}` }])
    await clock.advance(60_000)
    const error = await credentials({ refresh: true }).catch(reason => reason)
    expect(error).toMatchObject({ code: 'CREDENTIALS_REFUSED' })
    expectNoSecret(inspect(error, { depth: 10, showHidden: true }))
  })

  test('the explanation of the role of a machine', async () => {
    service.answer(() => [200, fresh()])
    const links = await explainCredentials(options)
    expect(links.map(describeLink).at(-1)).toMatch(
      /RAM role of this ECS instance: used: .*STS\.…z123/,
    )
    expectNoSecret(JSON.stringify(links))
  })
})
