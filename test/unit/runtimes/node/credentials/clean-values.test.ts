// Keys, tokens and endpoints as editors, shells and Kubernetes leave them in files and variables.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  Bucket,
  bucketOptionsFromConfig,
  defaultCredentials,
  fromOidcRole,
  fromProcess,
} from '../../../../../src/runtimes/node/index.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'
import { credentialsEndpoint } from './endpoint.ts'
import { alibabacloud, aliyun, cliProfile, homes, off, ossutil } from './home.ts'

const homeWith = homes()
const service = await credentialsEndpoint()
const asking = { refresh: false }
const directory = mkdtempSync(join(tmpdir(), 'ossup-token-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const ask = (home: string, env: object = {}) =>
  defaultCredentials({ home, env: { ...off, ...env }, clock: new VirtualClock() })(asking)

const bom = '\ufeff'
const none = homeWith({})

describe('a configuration file with a byte order mark and Windows line ends', () => {
  const json = JSON.stringify({ current: 'p', profiles: [cliProfile('p')] }, undefined, 1)
  const windows = (text: string) => bom + text.replaceAll('\n', '\r\n')
  test.each([
    ['ossutil', ossutil, '[default]\naccess_key_id=p-id\naccess_key_secret=p-secret\n'],
    ['aliyun', aliyun, json],
    [
      'alibabacloud',
      alibabacloud,
      '[default]\ntype=access_key\naccess_key_id=p-id\naccess_key_secret=p-secret\n',
    ],
  ])('%s', async (_, path, content) => {
    const home = homeWith({ [path]: windows(content) })
    expect(await ask(home)).toEqual({ accessKeyId: 'p-id', accessKeySecret: 'p-secret' })
  })

  test('line breaks inside JSON strings', async () => {
    const profile = cliProfile('p', { access_key_id: 'id\r\n', access_key_secret: '\tsecret\n' })
    const home = homeWith({ [aliyun]: { current: 'p', profiles: [profile] } })
    expect(await ask(home)).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret' })
  })
})

describe('variables', () => {
  test.each(['OSS', 'ALIBABA_CLOUD', 'ALICLOUD'])(
    'of %s lose what surrounds them',
    async prefix => {
      const token = prefix === 'OSS' ? 'OSS_SESSION_TOKEN' : `${prefix}_SECURITY_TOKEN`
      const env = {
        [`${prefix}_ACCESS_KEY_ID`]: `${bom}id\r`,
        [`${prefix}_ACCESS_KEY_SECRET`]: ' secret\n',
        [token]: 'token\r\n',
      }
      expect(await ask(none, env)).toEqual({
        accessKeyId: 'id',
        accessKeySecret: 'secret',
        securityToken: 'token',
      })
    },
  )

  test('with a line break inside are named, and not quoted', async () => {
    const env = { OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'hunter\n2' }
    const error: unknown = await ask(none, env).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
    expect(String(error)).toContain('OSS_ACCESS_KEY_SECRET has a line break')
    expect(String(error)).not.toContain('hunter')
  })

  test('for a place lose what surrounds them', async () => {
    const env = { ...off, OSS_ENDPOINT: ' http://127.0.0.1:9000\r\n', OSS_REGION: 'cn-hangzhou\r' }
    const located = await bucketOptionsFromConfig({ name: 'bucket' }, { home: none, env })
    expect(located).toMatchObject({ endpoint: 'http://127.0.0.1:9000', region: 'cn-hangzhou' })
  })
})

describe('an OIDC token file', () => {
  const path = join(directory, 'token')
  const role = {
    roleArn: 'acs:ram::1:role/pod',
    oidcProviderArn: 'acs:ram::1:oidc-provider/k8s',
    oidcTokenFile: path,
  }
  const take = () => {
    const around = { env: {}, clock: new VirtualClock(), stsEndpoint: service.origin }
    return fromOidcRole(role, around)(asking)
  }

  test('with two lines is refused by its name', async () => {
    writeFileSync(path, 'eyJhbGciOiJ\nhunter2')
    const error: unknown = await take().catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
    expect(String(error)).toContain(path)
    expect(String(error)).not.toMatch(/hunter2|eyJ/)
  })
})

describe('what a process prints', () => {
  const answered = (answer: object, before = '') => {
    const text = before + JSON.stringify(answer)
    const code = `process.stdout.write(${JSON.stringify(text)})`
    return fromProcess({ command: [process.execPath, '-e', code] }, { env: {} })(asking)
  }
  const keys = { AccessKeyId: 'id', AccessKeySecret: 'secret' }

  test('may begin with a byte order mark, and its values may have line breaks around them', async () => {
    const given = { ...keys, AccessKeyId: 'id\r\n', SecurityToken: 'token\n' }
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'token' }
    expect(await answered(given, bom)).toEqual(credentials)
  })

  test.each([['tomorrow'], [1_893_553_445], ['1893553445']])(
    'an Expiration of %j is refused by its name',
    async Expiration => {
      const error: unknown = await answered({ ...keys, Expiration }).catch(thrown => thrown)
      expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
      expect(String(error)).toContain('expiresAt')
    },
  )

  test.each([[''], [null], [undefined]])('an Expiration of %j is none', async Expiration => {
    expect(await answered({ ...keys, Expiration })).toEqual({
      accessKeyId: 'id',
      accessKeySecret: 'secret',
    })
  })
})

describe("the place of a profile of Alibaba Cloud's CLI", () => {
  const located = (more: object, given: object = {}, env: object = {}) => {
    const profiles = [cliProfile('p', { region_id: 'cn-beijing', ...more })]
    const home = homeWith({ [aliyun]: { current: 'p', profiles } })
    return bucketOptionsFromConfig({ name: 'bucket', ...given }, { home, env: { ...off, ...env } })
  }
  const origin = async (...given: Parameters<typeof located>) =>
    new Bucket(await located(...given)).client.address.origin

  test.each([
    ['a region', {}, {}, 'https://bucket.oss-cn-beijing.aliyuncs.com'],
    [
      'endpoint_type vpc',
      { endpoint_type: 'vpc' },
      {},
      'https://bucket.oss-cn-beijing-internal.aliyuncs.com',
    ],
    ['another type', { endpoint_type: '' }, {}, 'https://bucket.oss-cn-beijing.aliyuncs.com'],
    [
      'an endpoint, which comes before its type',
      { endpoint: 'http://files.example.com', endpoint_type: 'vpc' },
      {},
      'http://bucket.files.example.com',
    ],
    [
      'another region that is given',
      { endpoint: 'oss-cn-beijing.aliyuncs.com', endpoint_type: 'vpc' },
      { region: 'cn-hangzhou' },
      'https://bucket.oss-cn-hangzhou.aliyuncs.com',
    ],
    [
      'an endpoint that is given',
      { endpoint_type: 'vpc' },
      { endpoint: 'http://127.0.0.1:9000' },
      'http://127.0.0.1:9000',
    ],
  ])('%s', async (_, profile, given, expected) => {
    expect(await origin(profile, given)).toBe(expected)
  })

  test.each([
    [
      aliyun,
      { current: 'p', profiles: [cliProfile('p', { endpoint: 'http://u:hunter2@host/x' })] },
    ],
    [ossutil, '[default]\nendpoint=http://u:hunter2@host/x\nregion=cn-hangzhou\n'],
  ])('a bad endpoint in %s is blamed on that file', async (path, content) => {
    const home = homeWith({ [path]: content })
    const locating = bucketOptionsFromConfig({ name: 'bucket' }, { home, env: off })
    const error: unknown = await locating.catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
    expect(String(error)).toContain(`~/${path}`)
    expect(String(error)).not.toContain('hunter2')
  })
})
