import { expect, test } from 'vitest'
import type { FlagValues } from '../../../../src/cli/args/flags.ts'
import {
  bucketOf,
  bucketOfCheckpoint,
  type connectionFlags,
} from '../../../../src/cli/connect/connection.ts'
import { credentialsEndpoint, issued } from '../../runtimes/node/credentials/endpoint.ts'
import { checkpoint } from '../view/checkpoint.ts'

const service = await credentialsEndpoint()
const keys = { OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'secret' }
const none: FlagValues<typeof connectionFlags> = {
  endpoint: undefined,
  region: undefined,
  internal: false,
  accelerate: false,
  cname: false,
  profile: undefined,
  'path-style': false,
  'request-payer': undefined,
  'ca-file': undefined,
  insecure: false,
}
const local = { endpoint: 'http://127.0.0.1:9000', style: 'path' } as const
const custom = { endpoint: 'https://files.example.com', style: 'cname' } as const

const around = (env: Record<string, string>) => ({
  env: { ...keys, ...env },
  screen: { debug() {}, note() {}, says: () => false },
})
const hangzhou = { OSS_REGION: 'cn-hangzhou' }
const server = { OSS_ENDPOINT: 'http://127.0.0.1:9000', OSS_REGION: 'cn-hangzhou' }
const trusted = { 'trust-checkpoint-dir': true }
const ofOss = 'https://bucket.oss-cn-hangzhou'

// Checkpoint, flags and variables lead to an origin.
test.each<[change: object, flags: object, env: Record<string, string>, origin: string]>([
  [{}, {}, {}, `${ofOss}.aliyuncs.com`],
  [{}, {}, hangzhou, `${ofOss}.aliyuncs.com`],
  [{}, { internal: true }, {}, `${ofOss}-internal.aliyuncs.com`],
  [{}, { internal: true }, hangzhou, `${ofOss}-internal.aliyuncs.com`],
  [{}, { accelerate: true }, hangzhou, 'https://bucket.oss-accelerate.aliyuncs.com'],
  // The same place over another endpoint: the configured one is used.
  [
    {},
    {},
    { OSS_ENDPOINT: 'oss-cn-hangzhou-internal.aliyuncs.com' },
    `${ofOss}-internal.aliyuncs.com`,
  ],
  [
    { endpoint: 'http://oss-cn-hangzhou.aliyuncs.com' },
    {},
    { OSS_ENDPOINT: 'https://oss-cn-hangzhou.aliyuncs.com' },
    `${ofOss}.aliyuncs.com`,
  ],
  [local, {}, {}, 'http://127.0.0.1:9000'],
  [local, {}, server, 'http://127.0.0.1:9000'],
  [custom, {}, {}, 'https://files.example.com'],
  // An endpoint that a flag names is where the user wants to go.
  [{}, { endpoint: 'http://127.0.0.1:1' }, server, 'http://127.0.0.1:1'],
  [custom, { endpoint: 'https://x.example.com', cname: true }, {}, 'https://x.example.com'],
  // A checkpoint that is trusted decides by itself.
  [custom, trusted, hangzhou, 'https://files.example.com'],
  [{}, trusted, { OSS_REGION: 'cn-beijing' }, `${ofOss}.aliyuncs.com`],
])('a checkpoint of %j with %j and %j leads to %s', async (change, flags, env, origin) => {
  const given = { ...none, ...flags }
  const bucket = await bucketOfCheckpoint(checkpoint(change), given, around(env))
  expect(bucket.client.address).toMatchObject({ origin, region: 'cn-hangzhou' })
})

test.each<[change: object, flags: object, env: Record<string, string>]>([
  [{}, {}, { OSS_REGION: 'cn-beijing' }],
  [{}, {}, server],
  [local, {}, hangzhou],
  [local, {}, { OSS_ENDPOINT: 'http://127.0.0.1:9001', OSS_REGION: 'cn-hangzhou' }],
  [custom, {}, hangzhou],
  [custom, { internal: true }, hangzhou],
  [{}, { region: 'cn-beijing' }, {}],
  [{}, { region: 'cn-beijing', ...trusted }, {}],
])('a checkpoint of %j with %j and %j is refused', async (change, flags, env) => {
  const given = { ...none, ...flags }
  await expect(bucketOfCheckpoint(checkpoint(change), given, around(env))).rejects.toMatchObject({
    code: 'ENDPOINT_DIFFERS',
  })
})

test.each([
  ['http://127.0.0.1:9000', []],
  [
    'oss-cn-hangzhou.aliyuncs.com',
    ['OSS_ENDPOINT is not used: oss-cn-hangzhou.aliyuncs.com is not in cn-beijing'],
  ],
])('--region beside OSS_ENDPOINT %s: notes %j', async (endpoint, notes) => {
  const said: string[] = []
  await bucketOf(
    'bucket',
    { ...none, region: 'cn-beijing' },
    {
      env: { ...keys, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: endpoint },
      screen: { debug() {}, note: text => said.push(text), says: () => false },
    },
  )
  expect(said).toEqual(notes)
})

test('all buckets of one command ask for credentials once', async () => {
  service.answer((_, count) => [200, issued(count, new Date(Date.now() + 3_600_000).toISOString())])
  const around = {
    env: { ALIBABA_CLOUD_CREDENTIALS_URI: service.origin, OSS_REGION: 'cn-hangzhou' },
    screen: { debug() {}, note() {}, says: () => false },
  }
  const flags = { ...none, endpoint: 'http://127.0.0.1:1', region: 'cn-hangzhou' }
  const buckets = [
    await bucketOf('bucket', flags, around),
    await bucketOfCheckpoint(checkpoint({}), flags, around),
  ]
  await Promise.all(buckets.map(({ client }) => client.ready()))
  expect(service.asked).toHaveLength(1)
  // Another run of a command is another one.
  const other = await bucketOf('bucket', { ...flags }, around)
  await other.client.ready()
  expect(service.asked).toHaveLength(2)
})
