// Files as OSS's tools write them, and as people change them.

import { describe, expect, test } from 'vitest'
import { parseAlibabaCloudFile } from '../../../../../src/runtimes/node/credentials/alibabacloud-file.ts'
import { parseAliyunFile } from '../../../../../src/runtimes/node/credentials/aliyun-file.ts'
import { parseOssutilFile } from '../../../../../src/runtimes/node/credentials/ossutil-file.ts'

const path = '~/file'
const keys = { kind: 'keys', credentials: { accessKeyId: 'ak', accessKeySecret: 'sk' } }
const temporary = {
  kind: 'keys',
  credentials: { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'st' },
}
const roleArn = 'acs:ram::137918634953:role/Alice'

describe('ossutil', () => {
  test.each<[what: string, text: string, source: object | undefined]>([
    ['version 2', '[default]\naccessKeyID = ak\naccessKeySecret = sk\nregion=cn-x\n', keys],
    ['quotes', '[default]\naccessKeyID = "ak"\naccessKeySecret = \'sk\'\n', keys],
    ['loose spellings', '[DEFAULT]\nACCESS-KEY_id=ak\naccess_key_secret=sk\n', keys],
    ['the long form', '[profile default]\naccesskeyid=ak\naccesskeysecret=sk', keys],
    [
      'comments and line ends of Windows',
      '\uFEFF# mine\r\n[default] # first\r\n; old\r\nmode = AK # simple\r\naccessKeyId = ak\r\naccessKeySecret = sk\r\n',
      keys,
    ],
    [
      'version 1',
      '[Credentials]\nlanguage=EN\nendpoint = oss-cn-x.aliyuncs.com\naccessKeyID=ak\naccessKeySecret=sk\n[Default]\nloglevel=info\n',
      keys,
    ],
    [
      'aliases of version 1',
      '[Credentials]\naccess_id=ak\naccess_key=sk\nhost=h.example.com\n',
      keys,
    ],
    [
      'a token, without a mode',
      '[default]\naccessKeyID=ak\naccessKeySecret=sk\nstsToken=st\n',
      temporary,
    ],
    [
      'mode StsToken',
      '[default]\nmode=StsToken\naccessKeyID=ak\naccessKeySecret=sk\nsts-token=st\n',
      temporary,
    ],
    [
      'mode AK, which knows no token',
      '[default]\nmode=ak\naccessKeyID=ak\naccessKeySecret=sk\nsts-token=st\n',
      keys,
    ],
    [
      'mode RamRoleArn',
      `[default]\naccessKeyID = ak\naccessKeySecret = sk\nmode = RamRoleArn\nroleArn = ${roleArn}\nroleSessionName = s\n`,
      { kind: 'assumed-role', base: keys, role: { roleArn, sessionName: 's' } },
    ],
    [
      'mode RamRoleArn of version 1',
      `[Credentials]\naccessKeyID=ak\naccessKeySecret=sk\nmode=RamRoleArn\nramRoleArn=${roleArn}\ntokenTimeout=900\nstsRegion=cn-beijing\n`,
      {
        kind: 'assumed-role',
        base: keys,
        role: { roleArn, durationSeconds: 900, stsRegion: 'cn-beijing' },
      },
    ],
    ['mode EcsRamRole', '[default]\nmode = EcsRamRole\n', { kind: 'ecs-role', role: {} }],
    [
      'mode Ali-EcsRamRole',
      '[default]\nmode = Ali-EcsRamRole\necsRoleName = R\n',
      { kind: 'ecs-role', role: { roleName: 'R' } },
    ],
    [
      'the metadata service of version 1',
      '[Credentials]\nendpoint=h.example.com\n[AkService]\necsAk=http://100.100.100.200/latest/meta-data/Ram/security-credentials/R\n',
      { kind: 'ecs-role', role: { roleName: 'R' } },
    ],
    [
      'mode oidcRoleArn',
      `[default]\nmode = oidcRoleArn\nOIDCProviderArn=acs:p\nOIDCTokenFilePath=/t\nroleArn=${roleArn}\n`,
      { kind: 'oidc-role', role: { roleArn, oidcProviderArn: 'acs:p', oidcTokenFile: '/t' } },
    ],
    [
      'mode Process',
      '[default]\nmode = Process\ncredentialProcess = get "a b" | cat\ncredential-process-timeout=60\n',
      { kind: 'process', process: { command: 'get "a b" | cat', timeoutMs: 60_000 } },
    ],
    [
      'a URI',
      '[default]\ncredential-uri=http://127.0.0.1:1/x',
      { kind: 'uri', uri: 'http://127.0.0.1:1/x' },
    ],
    ['only a region', '[default]\nregion=cn-x\n', undefined],
    ['mode Anonymous', '[default]\nmode=Anonymous\n', { kind: 'unsupported', mode: 'Anonymous' }],
  ])('%s', (_, text, source) => {
    const found = parseOssutilFile(text, path).source('default')
    if (source === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(source)
  })

  test.each([
    ['[default]\naccessKeyID=ak', /default of ~\/file, of mode AK, has no access-key-secret/],
    ['[default]\nmode=RamRoleArn', /no access-key-id and no access-key-secret and no role-arn/],
    ['[default]\nmode=Process\ncredential-process=x\ncredential-process-timeout=601', /is 601/],
  ])('%j cannot be', (text, message) => {
    expect(() => parseOssutilFile(text, path).source('default')).toThrow(message)
  })

  const profiles = parseOssutilFile(
    `[profile cred]\naccess-key-id=ak\naccess-key-secret=sk\nregion=cn-a
     [profile Dev]\nregion=cn-b\nsource-profile=Cred
     [profile a]\nsource-profile=b
     [profile b]\nsource-profile=a
     [profile lost]\nsource_profile=nowhere`,
    path,
  )

  test('profiles refer to others, in any case of their names', () => {
    expect(profiles.profiles).toEqual(['cred', 'dev', 'a', 'b', 'lost'])
    expect(profiles.has('DEV')).toBe(true)
    expect(profiles.source('dev')).toEqual(keys)
    expect(profiles.location('dev')).toEqual({ region: 'cn-b' })
  })

  test.each([
    ['a', /lean on each other: a, b, a$/],
    ['lost', /lost of ~\/file leans on nowhere/],
  ])('profile %s cannot be', (name, message) => {
    expect(() => profiles.source(name)).toThrow(message)
  })

  const places = parseOssutilFile(
    `[default]\nregion=cn-hangzhou\nendpoint=h.example.com\naddressing-style=path\nbuckets=dev-bucket
[profile far]\nregion=cn-beijing\nendpoint=https://oss-cn-beijing-internal.aliyuncs.com
[buckets dev-bucket]
bucket-hz =
 endpoint=oss-cn-hangzhou-internal.aliyuncs.com
buckethz =
 endpoint=wrong.example.com
bucket-bj =
 region=cn-beijing
bucket-own =
 endpoint=files.example.com
 addressing-style=cname
[Bucket-Endpoint]
old-bucket=oss-cn-shanghai.aliyuncs.com
[Bucket-Cname]
named-bucket = named.example.com`,
    path,
  )

  test.each([
    ['default', undefined, { region: 'cn-hangzhou', endpoint: 'h.example.com', pathStyle: true }],
    ['default', 'other', { region: 'cn-hangzhou', endpoint: 'h.example.com', pathStyle: true }],
    [
      'default',
      'bucket-hz',
      { region: 'cn-hangzhou', endpoint: 'oss-cn-hangzhou-internal.aliyuncs.com' },
    ],
    ['default', 'bucket-bj', { region: 'cn-beijing' }],
    [
      'default',
      'bucket-own',
      { region: 'cn-hangzhou', endpoint: 'files.example.com', cname: true },
    ],
    ['default', 'old-bucket', { region: 'cn-shanghai', endpoint: 'oss-cn-shanghai.aliyuncs.com' }],
    [
      'default',
      'named-bucket',
      { region: 'cn-hangzhou', endpoint: 'named.example.com', cname: true },
    ],
    [
      'far',
      'bucket-hz',
      { region: 'cn-beijing', endpoint: 'https://oss-cn-beijing-internal.aliyuncs.com' },
    ],
  ])('in profile %s, %s is at %j', (profile, bucket, location) => {
    expect(places.location(profile, bucket)).toEqual(location)
  })
})

function cli(...profiles: object[]) {
  return JSON.stringify({ current: 'default', profiles, meta_path: '' })
}

describe('the CLI', () => {
  const plain = { name: 'default', access_key_id: 'ak', access_key_secret: 'sk' }

  test.each<[what: string, profile: object, source: object | undefined]>([
    ['AK', { ...plain, mode: 'AK', region_id: 'cn-x' }, keys],
    ['StsToken', { ...plain, mode: 'StsToken', sts_token: 'st' }, temporary],
    ['no mode', { ...plain, mode: '', sts_token: 'st' }, temporary],
    ['what is not configured', { name: 'default', mode: 'AK', access_key_id: '' }, undefined],
    [
      'RamRoleArn',
      {
        ...plain,
        mode: 'RamRoleArn',
        ram_role_arn: roleArn,
        ram_session_name: 's',
        expired_seconds: 900,
        external_id: 'e',
        sts_region: 'cn-x',
      },
      {
        kind: 'assumed-role',
        base: keys,
        role: {
          roleArn,
          sessionName: 's',
          durationSeconds: 900,
          externalId: 'e',
          stsRegion: 'cn-x',
        },
      },
    ],
    [
      'EcsRamRole',
      { name: 'default', mode: 'EcsRamRole', ram_role_name: 'R' },
      { kind: 'ecs-role', role: { roleName: 'R' } },
    ],
    [
      'RamRoleArnWithRoleName',
      {
        name: 'default',
        mode: 'RamRoleArnWithRoleName',
        ram_role_name: 'R',
        ram_role_arn: roleArn,
      },
      {
        kind: 'assumed-role',
        base: { kind: 'ecs-role', role: { roleName: 'R' } },
        role: { roleArn },
      },
    ],
    [
      'ChainableRamRoleArn',
      {
        name: 'default',
        mode: 'ChainableRamRoleArn',
        source_profile: 'base',
        ram_role_arn: roleArn,
      },
      { kind: 'assumed-role', base: keys, role: { roleArn } },
    ],
    [
      'External',
      { name: 'default', mode: 'External', process_command: 'get "a b"' },
      { kind: 'process', process: { command: ['get', 'a b'] } },
    ],
    [
      'CredentialsURI',
      { name: 'default', mode: 'CredentialsURI', credentials_uri: 'http://u' },
      { kind: 'uri', uri: 'http://u' },
    ],
    [
      'OIDC',
      {
        name: 'default',
        mode: 'OIDC',
        oidc_provider_arn: 'acs:p',
        oidc_token_file: '/t',
        ram_role_arn: roleArn,
      },
      { kind: 'oidc-role', role: { roleArn, oidcProviderArn: 'acs:p', oidcTokenFile: '/t' } },
    ],
    ['CloudSSO', { name: 'default', mode: 'CloudSSO' }, { kind: 'unsupported', mode: 'CloudSSO' }],
  ])('mode %s', (_, profile, source) => {
    const file = parseAliyunFile(cli(profile, { ...plain, name: 'base', mode: 'AK' }), path)
    const found = file.source(file.current)
    if (source === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(source)
  })

  test('gives a region', () => {
    const file = parseAliyunFile(cli({ ...plain, mode: 'AK', region_id: 'cn-x' }), path)
    expect(file.location('default')).toEqual({ region: 'cn-x' })
  })

  const chained = { mode: 'ChainableRamRoleArn', ram_role_arn: roleArn }
  test.each([
    [
      'half a pair',
      { ...plain, mode: 'AK', access_key_secret: '' },
      /of mode AK, has no access_key_secret/,
    ],
    ['no role', { ...plain, mode: 'RamRoleArn' }, /has no ram_role_arn/],
    [
      'a loop',
      { name: 'default', ...chained, source_profile: 'default' },
      /Profile default of ~\/file leans on itself$/,
    ],
    [
      'no such source',
      { name: 'default', ...chained, source_profile: 'x' },
      /default of ~\/file leans on x/,
    ],
    [
      'a quote that is open',
      { name: 'default', mode: 'External', process_command: "a 'b" },
      /open quote/,
    ],
  ])('%s cannot be', (_, profile, message) => {
    const file = parseAliyunFile(cli(profile), path)
    expect(() => file.source('default')).toThrow(message)
  })
})

describe('the file that SDKs share', () => {
  const plain = 'access_key_id = ak   # Key\naccess_key_secret = sk\n'

  test.each<[what: string, text: string, source: object | undefined]>([
    ['access_key', `[default]   # client\ntype = access_key   # type\n${plain}`, keys],
    ['sts', `[default]\ntype = sts\n${plain}security_token = st\n`, temporary],
    [
      'ram_role_arn',
      `[default]\ntype = ram_role_arn\n${plain}role_arn = ${roleArn}\nrole_session_name = s\npolicy = {"a":"b c"}\n`,
      {
        kind: 'assumed-role',
        base: keys,
        role: { roleArn, sessionName: 's', policy: '{"a":"b c"}' },
      },
    ],
    [
      'ecs_ram_role',
      '[default]\ntype = ecs_ram_role\nrole_name = R\n',
      { kind: 'ecs-role', role: { roleName: 'R' } },
    ],
    [
      'oidc_role_arn',
      `[default]\ntype=oidc_role_arn\noidc_provider_arn=acs:p\noidc_token_file_path=/t\nrole_arn=${roleArn}\n`,
      { kind: 'oidc-role', role: { roleArn, oidcProviderArn: 'acs:p', oidcTokenFile: '/t' } },
    ],
    [
      'one that is switched off',
      `[default]\nenable = false\ntype = access_key\n${plain}`,
      undefined,
    ],
    [
      'rsa_key_pair',
      '[default]\ntype = rsa_key_pair\n',
      { kind: 'unsupported', mode: 'rsa_key_pair' },
    ],
  ])('type %s', (_, text, source) => {
    const found = parseAlibabaCloudFile(text, path).source('default')
    if (source === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(source)
  })

  test('a section without a type cannot be', () => {
    const file = parseAlibabaCloudFile(`[default]\n${plain}`, path)
    expect(() => file.source('default')).toThrow(/default of ~\/file has no type/)
  })
})

test.each([
  ['no section', () => parseOssutilFile('accessKeySecret=top-secret', path), /line 1,/],
  ['no value', () => parseOssutilFile('[default]\n\ntop-secret\n', path), /line 3,/],
  ['no JSON', () => parseAliyunFile('{"access_key_secret":"top-secret"', path), /not what the CLI/],
  ['other JSON', () => parseAliyunFile('["top-secret"]', path), /not what the CLI/],
])('a file with %s is refused without quoting it', (_, parse, message) => {
  const refused = expect.objectContaining({
    code: 'CREDENTIALS_MISCONFIGURED',
    message: expect.stringMatching(message),
  })
  expect(parse).toThrow(refused)
  expect(parse).not.toThrow(/top-secret/)
})
