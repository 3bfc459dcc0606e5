// Where a bucket is: flags, variables, profiles.

import { expect, test } from 'vitest'
import { Bucket, bucketOptionsFromConfig } from '../../../../../src/runtimes/node/index.ts'
import { aliyun, cliProfile, homes, ossutil } from './home.ts'

const homeWith = homes()

const custom = homeWith({
  [ossutil]: `[default]\nregion=cn-hangzhou\nendpoint=files.example.com\naddressing-style=cname\n[profile bj]\nregion=cn-beijing\n`,
  [aliyun]: { current: 'a', profiles: [cliProfile('a', { region_id: 'cn-shanghai' })] },
})
const old = homeWith({
  [ossutil]: `[Credentials]\nendpoint=oss-cn-shenzhen-internal.aliyuncs.com\n[Bucket-Endpoint]\nfar=oss-cn-beijing.aliyuncs.com`,
})
const cli = homeWith({
  [aliyun]: { current: 'a', profiles: [cliProfile('a', { region_id: 'cn-shanghai' })] },
})
const broken = homeWith({ [ossutil]: 'nonsense' })
const none = homeWith({})

const beijing = { OSS_REGION: 'cn-beijing' }
const local = { OSS_ENDPOINT: 'http://127.0.0.1:9000' }

test.each<
  [
    what: string,
    home: string,
    given: object,
    env: Record<string, string>,
    profile: string | undefined,
    origin: string,
    region: string,
  ]
>([
  ['a file', custom, {}, {}, undefined, 'https://files.example.com', 'cn-hangzhou'],
  [
    'the region of the file, given',
    custom,
    { region: 'cn-hangzhou' },
    {},
    undefined,
    'https://files.example.com',
    'cn-hangzhou',
  ],
  [
    'another region, given',
    custom,
    { region: 'cn-beijing' },
    {},
    undefined,
    'https://bucket.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
  [
    'another region, given: replaces the variable of the region and leaves that of the endpoint',
    custom,
    { region: 'cn-beijing' },
    { OSS_REGION: 'local', OSS_ENDPOINT: 'http://127.0.0.1:9000' },
    undefined,
    'http://127.0.0.1:9000',
    'cn-beijing',
  ],
  [
    'another region, given: an endpoint of OSS in the variable is of another place',
    custom,
    { region: 'cn-beijing' },
    { OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: 'oss-cn-hangzhou.aliyuncs.com' },
    undefined,
    'https://bucket.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
  [
    'another region, of a variable',
    custom,
    {},
    beijing,
    undefined,
    'https://bucket.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
  [
    'an endpoint of a variable',
    custom,
    {},
    local,
    undefined,
    'http://127.0.0.1:9000',
    'cn-hangzhou',
  ],
  [
    'what is given before variables',
    custom,
    { endpoint: 'oss-cn-x.aliyuncs.com' },
    { ...local, ...beijing },
    undefined,
    'https://bucket.oss-cn-x.aliyuncs.com',
    'cn-x',
  ],
  [
    'the internal endpoint of the file region',
    custom,
    { internal: true },
    local,
    undefined,
    'https://bucket.oss-cn-hangzhou-internal.aliyuncs.com',
    'cn-hangzhou',
  ],
  [
    'a profile before variables',
    custom,
    {},
    { ...local, OSS_REGION: 'cn-x' },
    'bj',
    'https://bucket.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
  [
    'a profile by a variable',
    custom,
    {},
    { OSSUTIL_PROFILE: 'bj' },
    undefined,
    'https://bucket.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
  [
    'a file of ossutil 1',
    old,
    {},
    {},
    undefined,
    'https://bucket.oss-cn-shenzhen-internal.aliyuncs.com',
    'cn-shenzhen',
  ],
  [
    'its region alone',
    old,
    { accelerate: true },
    {},
    undefined,
    'https://bucket.oss-accelerate.aliyuncs.com',
    'cn-shenzhen',
  ],
  [
    'its endpoint of one bucket',
    old,
    { name: 'far' },
    {},
    undefined,
    'https://far.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
  [
    'the region of the CLI',
    cli,
    {},
    {},
    undefined,
    'https://bucket.oss-cn-shanghai.aliyuncs.com',
    'cn-shanghai',
  ],
  [
    "the CLI's variable",
    none,
    {},
    { ALIBABA_CLOUD_REGION_ID: 'cn-x' },
    undefined,
    'https://bucket.oss-cn-x.aliyuncs.com',
    'cn-x',
  ],
  [
    'variables beside a file that cannot be read',
    broken,
    {},
    beijing,
    undefined,
    'https://bucket.oss-cn-beijing.aliyuncs.com',
    'cn-beijing',
  ],
])('%s', async (_, home, given, env, profile, origin, region) => {
  const options = await bucketOptionsFromConfig(
    {
      name: 'bucket',
      ...given,
      credentials: async () => ({ accessKeyId: 'x', accessKeySecret: 'y' }),
    },
    { home, env, ...(profile !== undefined && { profile }) },
  )
  const { client } = new Bucket(options)
  expect(client.address.origin).toBe(origin)
  expect(client.address.region).toBe(region)
})

test.each([
  [broken, {}, 'CREDENTIALS_MISCONFIGURED'],
  [custom, { OSSUTIL_PROFILE: 'nope' }, 'INVALID_PROFILE'],
  [none, { OSS_ENDPOINT: 'http://no spaces' }, 'INVALID_ENDPOINT'],
])('%s with %j cannot tell', async (home, env, code) => {
  await expect(bucketOptionsFromConfig({ name: 'bucket' }, { home, env })).rejects.toMatchObject({
    code,
  })
})

test('an option that is undefined counts as absent', async () => {
  const given = { name: 'bucket', region: undefined, endpoint: undefined, internal: undefined }
  expect(await bucketOptionsFromConfig(given, { home: old, env: {} })).toMatchObject({
    name: 'bucket',
    endpoint: 'oss-cn-shenzhen-internal.aliyuncs.com',
  })
})
