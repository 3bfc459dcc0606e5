// Which source credentials are taken from, and how the others are described.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type ConfigOptions,
  type CredentialsLink,
  defaultCredentials,
  describeLink,
  explainCredentials,
} from '../../../../../src/runtimes/node/index.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'
import { credentialsEndpoint, issued } from './endpoint.ts'
import { alibabacloud, aliyun, cliProfile, homes, keysOf, off, ossutil } from './home.ts'

const homeWith = homes()

const service = await credentialsEndpoint()
const asking = { refresh: false }

/** All three files, each with keys of its own. */
const full = homeWith({
  [ossutil]: `[default]\n${keysOf('ossutil')}[profile dev]\n${keysOf('ossutil-dev')}[profile place]\nregion=cn-x\n`,
  [aliyun]: {
    current: 'cli',
    profiles: [cliProfile('cli'), cliProfile('dev'), cliProfile('other')],
  },
  [alibabacloud]: `[default]\ntype=access_key\n${keysOf('sdk')}[shared]\ntype=access_key\n${keysOf('sdk-shared')}`,
})
const ossKeys = { OSS_ACCESS_KEY_ID: 'oss-id', OSS_ACCESS_KEY_SECRET: 'oss-secret' }

function options(home: string, env: object, more: ConfigOptions = {}): ConfigOptions {
  return { home, env: { ...off, ...env }, clock: new VirtualClock(), ...more }
}

async function usedBy(given: ConfigOptions) {
  return (await defaultCredentials(given)(asking)).accessKeyId
}

const uri = { ALIBABA_CLOUD_CREDENTIALS_URI: service.origin }

test.each<[what: string, home: string, env: object, id: string]>([
  [
    'OSS variables',
    full,
    { ...ossKeys, ...uri, ALIBABA_CLOUD_ACCESS_KEY_ID: 'x', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'x' },
    'oss-id',
  ],
  [
    'Alibaba variables',
    full,
    { ALIBABA_CLOUD_ACCESS_KEY_ID: 'x', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'y' },
    'x',
  ],
  ['an alias', full, { ALIBABACLOUD_ACCESS_KEY_ID: 'x', ALIBABACLOUD_ACCESS_KEY_SECRET: 'y' }, 'x'],
  ['another alias', full, { ALICLOUD_ACCESS_KEY_ID: 'x', ALICLOUD_ACCESS_KEY_SECRET: 'y' }, 'x'],
  [
    'whole pairs before halves',
    full,
    { OSS_ACCESS_KEY_ID: 'half', ALICLOUD_ACCESS_KEY_ID: 'x', ALICLOUD_ACCESS_KEY_SECRET: 'y' },
    'x',
  ],
  ['a URI', full, uri, 'STS.id1'],
  ['files', full, {}, 'ossutil-id'],
  ['a profile by a variable', full, { OSSUTIL_PROFILE: 'dev' }, 'ossutil-dev-id'],
  [
    'another file of ossutil',
    full,
    { OSSUTIL_CONFIG_FILE: join(homeWith({ f: `[default]\n${keysOf('f')}` }), 'f') },
    'f-id',
  ],
  [
    'the current profile of the CLI',
    homeWith({
      [ossutil]: '[default]\nregion=cn-x',
      [aliyun]: { current: 'a', profiles: [cliProfile('a')] },
    }),
    {},
    'a-id',
  ],
  [
    'without the CLI',
    homeWith({
      [aliyun]: { profiles: [cliProfile('default')] },
      [alibabacloud]: `[default]\ntype=access_key\n${keysOf('sdk')}`,
    }),
    { ALIBABA_CLOUD_CLI_PROFILE_DISABLED: 'true' },
    'sdk-id',
  ],
  [
    'a variable that names a profile of the second of two files',
    homeWith({
      [aliyun]: { profiles: [cliProfile('default')] },
      [alibabacloud]: `[shared]\ntype=access_key\n${keysOf('shared')}`,
    }),
    { ALIBABA_CLOUD_PROFILE: 'shared' },
    'shared-id',
  ],
  [
    'the next place after a mode that is not supported',
    homeWith({
      [aliyun]: { current: 'sso', profiles: [{ name: 'sso', mode: 'CloudSSO' }] },
      [alibabacloud]: `[default]\ntype=access_key\n${keysOf('sdk')}`,
    }),
    {},
    'sdk-id',
  ],
])('%s', async (_, home, env, id) => {
  service.answer((_, count) => [200, issued(count, '2026-01-02T09:00:00Z')])
  expect(await usedBy(options(home, env))).toBe(id)
})

test.each([
  ['dev', {}, 'ossutil-dev-id'],
  ['other', ossKeys, 'other-id'],
  ['shared', { OSSUTIL_PROFILE: 'dev' }, 'sdk-shared-id'],
  ['place', ossKeys, 'oss-id'],
])('the profile %s, asked for, comes before %j', async (profile, env, id) => {
  expect(await usedBy(options(full, env, { profile }))).toBe(id)
})

const known =
  'Known: default, dev, place in ~/.ossutilconfig; cli, dev, other in ~/.aliyun/config.json; default, shared in ~/.alibabacloud/credentials'
test.each<[what: string, given: ConfigOptions, code: string, message: string]>([
  [
    'an unknown profile',
    options(full, ossKeys, { profile: 'nope' }),
    'INVALID_PROFILE',
    `There is no profile 'nope'. ${known}`,
  ],
  [
    'an unknown profile of ossutil',
    options(full, { OSSUTIL_PROFILE: 'nope' }),
    'INVALID_PROFILE',
    "There is no profile 'nope'. Known: default, dev, place in ~/.ossutilconfig",
  ],
  [
    'an unknown profile of the CLI',
    options(homeWith({ [aliyun]: { profiles: [cliProfile('a')] } }), {
      ALIBABA_CLOUD_PROFILE: 'nope',
    }),
    'INVALID_PROFILE',
    "There is no profile 'nope'. Known: a in ~/.aliyun/config.json",
  ],
  [
    'no files at all',
    options(homeWith({}), {}, { profile: 'nope' }),
    'INVALID_PROFILE',
    'None of these files exists: ~/.ossutilconfig, ~/.aliyun/config.json, ~/.alibabacloud/credentials',
  ],
  [
    'a file that a variable names',
    options(full, { OSSUTIL_CONFIG_FILE: '~/absent' }),
    'CREDENTIALS_MISCONFIGURED',
    '~/absent cannot be read (ENOENT). Check OSSUTIL_CONFIG_FILE',
  ],
  [
    'a mode that is not supported, asked for',
    options(
      homeWith({ [aliyun]: { profiles: [{ name: 'sso', mode: 'CloudSSO' }] } }),
      {},
      { profile: 'sso' },
    ),
    'CREDENTIALS_MISCONFIGURED',
    'Credentials of mode CloudSSO are not supported. Choose another profile',
  ],
  [
    'a broken file',
    options(homeWith({ [ossutil]: 'top-secret' }), {}),
    'CREDENTIALS_MISCONFIGURED',
    '~/.ossutilconfig, line 1, cannot be understood',
  ],
  [
    'a URI that fails',
    options(full, { ALIBABA_CLOUD_CREDENTIALS_URI: `${service.origin}/fails` }),
    'CREDENTIALS_UNAVAILABLE',
    'fails with status 503',
  ],
  [
    'half a pair, even if the files have both',
    options(full, { OSS_ACCESS_KEY_ID: 'x' }),
    'MISSING_CREDENTIALS',
    'OSS_ACCESS_KEY_ID is set, but OSS_ACCESS_KEY_SECRET is not. Set both or neither',
  ],
  [
    'the other half',
    options(full, { ALICLOUD_ACCESS_KEY_SECRET: 'top-secret' }),
    'MISSING_CREDENTIALS',
    'ALICLOUD_ACCESS_KEY_SECRET is set, but ALICLOUD_ACCESS_KEY_ID is not',
  ],
  [
    'nothing anywhere',
    options(homeWith({ [ossutil]: '[default]\nregion=cn-x' }), {}),
    'MISSING_CREDENTIALS',
    'No credentials: neither OSS_ACCESS_KEY_ID nor ALIBABA_CLOUD_ACCESS_KEY_ID is set; ~/.ossutilconfig: its profile default says nothing of credentials; RAM role of this ECS instance: switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED; no file ~/.aliyun/config.json, ~/.alibabacloud/credentials. Set OSS_ACCESS_KEY_ID and',
  ],
])('%s is an error', async (_, given, code, message) => {
  service.answer(() => [503, ''])
  const error = await defaultCredentials(given)(asking).catch(reason => reason)
  expect(error.message).toContain(message)
  expect(error.code).toBe(code)
  expect(error.message).not.toContain('top-secret')
})

describe('what is said of each place', () => {
  async function said(given: ConfigOptions) {
    const links = await explainCredentials(given)
    return links.map(describeLink)
  }

  test('when a file is used', async () => {
    expect(await said(options(full, {}))).toEqual([
      'access keys in the environment: not set: neither OSS_ACCESS_KEY_ID nor ALIBABA_CLOUD_ACCESS_KEY_ID is set',
      'OIDC role in the environment (RRSA): not set: no ALIBABA_CLOUD_ROLE_ARN',
      'ALIBABA_CLOUD_CREDENTIALS_URI: not set: no such variable',
      '~/.ossutilconfig, profile default: used: access keys, os…id',
      '~/.aliyun/config.json: skipped: ~/.ossutilconfig, profile default comes first',
      '~/.alibabacloud/credentials: skipped: ~/.ossutilconfig, profile default comes first',
      'RAM role of this ECS instance: skipped: ~/.ossutilconfig, profile default comes first',
    ])
  })

  test('when a profile was asked for', async () => {
    expect(await said(options(full, ossKeys, { profile: 'other' }))).toEqual([
      '~/.aliyun/config.json, profile other: used: access keys, ot…id',
      'access keys in the environment: skipped: ~/.aliyun/config.json, profile other comes first',
      'OIDC role in the environment (RRSA): skipped: ~/.aliyun/config.json, profile other comes first',
      'ALIBABA_CLOUD_CREDENTIALS_URI: skipped: ~/.aliyun/config.json, profile other comes first',
      '~/.ossutilconfig: skipped: ~/.aliyun/config.json, profile other comes first',
      '~/.alibabacloud/credentials: skipped: ~/.aliyun/config.json, profile other comes first',
      'RAM role of this ECS instance: skipped: ~/.aliyun/config.json, profile other comes first',
    ])
  })

  test('when the first that is set fails', async () => {
    service.answer(() => [403, ''])
    const links = await said(options(full, uri))
    expect(links[2]).toMatch(/^ALIBABA_CLOUD_CREDENTIALS_URI: failed: .*status 403/)
    expect(links[3]).toBe('~/.ossutilconfig: skipped: one before it failed')
  })

  test('when a role fails for the moment, by the variable or profile that names it', async () => {
    service.answer(() => [503, ''])
    const role = { mode: 'RamRoleArn', ram_role_arn: 'acs:r' }
    const home = homeWith({ [aliyun]: { current: 'dev', profiles: [cliProfile('dev', role)] } })
    const more = { stsEndpoint: service.origin }
    for (const [env, name] of [
      [{ ...ossKeys, OSS_ROLE_ARN: 'acs:r' }, 'OSS_ACCESS_KEY_ID'],
      [{}, '~/.aliyun/config.json, profile dev'],
    ] as const) {
      const links = await explainCredentials(options(home, env, more))
      const failed = links.filter(({ outcome }) => outcome === 'failed')
      expect(failed).toMatchObject([{ name, retryable: true }])
      expect(failed[0]).not.toHaveProperty('isGuess')
    }
  })

  test('when it was only a guess that the machine has a role', async () => {
    service.answer(() => [404, ''])
    const env = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: '' }
    const links = await explainCredentials(
      options(homeWith({}), env, { metadataEndpoint: service.origin }),
    )
    expect(links.at(-1)).toMatchObject({ outcome: 'failed', isGuess: true })
  })

  test('when the machine has a role', async () => {
    service.answer(() => [200, { ...issued(1, '2026-01-02T09:00:00Z'), Code: 'Success' }])
    const env = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: '', ALIBABA_CLOUD_ECS_METADATA: 'r' }
    const links = await explainCredentials(
      options(homeWith({}), env, { metadataEndpoint: service.origin }),
    )
    expect(links.at(-1)).toEqual({
      source: 'ecs-role',
      name: 'RAM role of this ECS instance',
      outcome: 'used',
      why: 'the RAM role of this instance',
      accessKeyId: 'ST…d1',
      expiresAt: Date.UTC(2026, 0, 2, 9),
    } satisfies CredentialsLink)
  })
})

test('with OSS_ROLE_ARN the keys of the environment take that role on', async () => {
  service.answer(({ query, form }) => [
    200,
    { Credentials: issued(Number(query.AccessKeyId === 'oss-id' && form.RoleArn === 'acs:r'), '') },
  ])
  const env = { ...ossKeys, OSS_ROLE_ARN: 'acs:r' }
  expect(await usedBy(options(full, env, { stsEndpoint: service.origin }))).toBe('STS.id1')
})

test('the OIDC role of a pod', async () => {
  service.answer(({ form }) => [200, { Credentials: issued(Number(form.OIDCToken === 'jwt'), '') }])
  const env = {
    ALIBABA_CLOUD_ROLE_ARN: 'acs:r',
    ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:p',
    ALIBABA_CLOUD_OIDC_TOKEN_FILE: join(homeWith({ token: 'jwt' }), 'token'),
  }
  expect(await usedBy(options(full, env, { stsEndpoint: service.origin }))).toBe('STS.id1')
})

test('the source is searched once and reported; after a failure it is searched again', async () => {
  const told: string[] = []
  const env: Record<string, string> = { ...off }
  const provider = defaultCredentials({
    home: homeWith({}),
    env,
    onExplained: links => told.push(links[0]?.outcome ?? ''),
  })
  await expect(provider(asking)).rejects.toMatchObject({ code: 'MISSING_CREDENTIALS' })
  Object.assign(env, ossKeys)
  expect((await provider(asking)).accessKeyId).toBe('oss-id')
  expect((await provider({ refresh: true })).accessKeyId).toBe('oss-id')
  expect(told).toEqual(['not set', 'used'])
})
