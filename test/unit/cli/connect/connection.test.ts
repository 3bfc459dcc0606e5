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
const env = {
  OSS_ACCESS_KEY_ID: 'id',
  OSS_ACCESS_KEY_SECRET: 'secret',
  // Of other uploads: what was begun elsewhere stays there.
  OSS_REGION: 'cn-beijing',
  OSS_ENDPOINT: 'http://127.0.0.1:9000',
}
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

test.each([
  [{}, {}, 'https://bucket.oss-cn-hangzhou.aliyuncs.com', 'virtual-host'],
  [{}, { internal: true }, 'https://bucket.oss-cn-hangzhou-internal.aliyuncs.com', 'virtual-host'],
  [{}, { accelerate: true }, 'https://bucket.oss-accelerate.aliyuncs.com', 'virtual-host'],
  [{}, { endpoint: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1', 'path'],
  [local, {}, 'http://127.0.0.1:9000', 'path'],
  [local, { endpoint: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1', 'path'],
  [custom, {}, 'https://files.example.com', 'cname'],
  [
    custom,
    { internal: true },
    'https://bucket.oss-cn-hangzhou-internal.aliyuncs.com',
    'virtual-host',
  ],
  [custom, { endpoint: 'https://x.example.com', cname: true }, 'https://x.example.com', 'cname'],
])('%j with %j leads to %s', async (change, flags, origin, style) => {
  const given = { ...none, ...flags }
  const { client } = await bucketOfCheckpoint(checkpoint(change), given, {
    env,
    screen: { debug() {}, note() {}, says: () => false },
  })
  expect(client.address).toMatchObject({ origin, style, region: 'cn-hangzhou' })
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
      env: { ...env, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: endpoint },
      screen: { debug() {}, note: text => said.push(text), says: () => false },
    },
  )
  expect(said).toEqual(notes)
})

test('all buckets of one command ask for credentials once', async () => {
  service.answer((_, count) => [200, issued(count, new Date(Date.now() + 3_600_000).toISOString())])
  const around = {
    env: { ALIBABA_CLOUD_CREDENTIALS_URI: service.origin },
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
