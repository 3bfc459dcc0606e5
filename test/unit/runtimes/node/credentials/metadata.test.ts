// The role of an ECS instance, a credentials URI, and an external process.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  fromCredentialsUri,
  fromEcsRole,
  fromProcess,
} from '../../../../../src/runtimes/node/index.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'
import { type Asked, credentialsEndpoint, type Given, issued } from './endpoint.ts'

const service = await credentialsEndpoint()
const asking = { refresh: false }
const roles = '/latest/meta-data/ram/security-credentials/'
const hour = 3_600_000
const clock = new VirtualClock()
const success = {
  ...issued(1, '2026-01-02T09:00:00Z'),
  LastUpdated: '2026-01-02T03:00:00Z',
  Code: 'Success',
}
const expected = {
  accessKeyId: 'STS.id1',
  accessKeySecret: 'secret1',
  securityToken: 'token1',
  expiresAt: Date.UTC(2026, 0, 2, 9),
}

function ecs(role = {}, env = {}) {
  return fromEcsRole(role, { clock, env, metadataEndpoint: service.origin })
}

/** A metadata service. Without a mode, it only gets the failures to produce. */
function metadata({
  mode = 'both',
  role = 'upload-role',
}: {
  mode?: 'both' | 'hardened' | 'plain'
  role?: string
}) {
  return ({ method, path, headers }: Asked): Given => {
    const token = headers['x-aliyun-ecs-metadata-token']
    if (method === 'PUT' && path === '/latest/api/token') {
      const isAsked = headers['x-aliyun-ecs-metadata-token-ttl-seconds'] === '21600'
      return mode !== 'plain' && isAsked ? [200, 'the-token'] : [404, 'not here']
    }
    if (mode === 'hardened' && token !== 'the-token') return [403, 'no token']
    if (mode === 'plain' && token !== undefined) return [400, 'what token?']
    if (path === roles && role !== '') return [200, `${role}\n`]
    return path === roles + role && role !== '' ? [200, success] : [404, '']
  }
}

test.each([
  ['hardened', {}, {}, [`PUT /latest/api/token`, `GET ${roles}`, `GET ${roles}upload-role`]],
  ['both', {}, {}, [`PUT /latest/api/token`, `GET ${roles}`, `GET ${roles}upload-role`]],
  ['plain', {}, {}, [`PUT /latest/api/token`, `GET ${roles}`, `GET ${roles}upload-role`]],
  [
    'hardened',
    { roleName: 'upload-role' },
    {},
    [`PUT /latest/api/token`, `GET ${roles}upload-role`],
  ],
  [
    'both',
    {},
    { ALIBABA_CLOUD_ECS_METADATA: 'upload-role' },
    [`PUT /latest/api/token`, `GET ${roles}upload-role`],
  ],
] as const)('mode %s, %j, %j', async (mode, role, env, requests) => {
  service.answer(metadata({ mode }))
  expect(await ecs(role, env)(asking)).toEqual(expected)
  expect(service.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(requests)
})

test('a service that gives a token and does not take it is asked without', async () => {
  service.answer(asked =>
    asked.method === 'PUT' ? [200, 'useless'] : metadata({ mode: 'plain' })(asked),
  )
  expect(await ecs()(asking)).toEqual(expected)
})

test.each<
  [what: string, role: object, env: object, answers: (asked: Asked) => Given, message: RegExp]
>([
  [
    'the plain mode, forbidden',
    { hardenedOnly: true },
    {},
    metadata({ mode: 'plain' }),
    /no token.*404/,
  ],
  [
    'the plain mode, forbidden by a variable',
    {},
    { ALIBABA_CLOUD_IMDSV1_DISABLED: 'TRUE' },
    metadata({ mode: 'plain' }),
    /no token.*404/,
  ],
  ['no role', {}, {}, metadata({ role: '' }), /instance has no RAM role/],
  [
    'another role',
    { roleName: 'other' },
    {},
    metadata({}),
    /does not give the role other \(status 404\)/,
  ],
  ['a fault', {}, {}, () => [500, 'x'], /fails with status 500/],
  [
    'no success',
    { roleName: 'x' },
    {},
    () => [200, { ...success, Code: 'Failed' }],
    /does not give/,
  ],
  ['switched off', {}, { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' }, metadata({}), /forbids/],
])('%s', async (_, role, env, answers, message) => {
  service.answer(answers)
  const error = await ecs(role, env)(asking).catch(reason => reason)
  expect(error).toMatchObject({ name: 'CredentialsError' })
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('secret1')
})

test('where nothing listens, the plain mode is not tried', async () => {
  const nowhere = fromEcsRole({}, { clock, env: {}, metadataEndpoint: 'http://127.0.0.1:1' })
  await expect(nowhere(asking)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: expect.stringContaining('The metadata service at 127.0.0.1:1 cannot be asked'),
  })
})

test('a role is renewed before it ends', async () => {
  const time = new VirtualClock()
  service.answer((asked, count) =>
    asked.path.endsWith('/r')
      ? [200, { ...issued(count, new Date(time.now() + hour).toISOString()), Code: 'Success' }]
      : [200, 'the-token'],
  )
  const provider = fromEcsRole(
    { roleName: 'r' },
    { clock: time, env: {}, metadataEndpoint: service.origin },
  )
  expect((await provider(asking)).accessKeyId).toBe('STS.id2')
  await time.advance(hour * 0.85)
  await provider(asking)
  await expect.poll(async () => (await provider(asking)).accessKeyId).toBe('STS.id4')
})

test.each<[what: string, answer: Given, message: RegExp | undefined]>([
  ['with Success', [200, success], undefined],
  ['without a Code', [200, issued(1, '2026-01-02T09:00:00Z')], undefined],
  ['with another Code', [200, { ...success, Code: 'Failed' }], /does not say Success/],
  ['with a fault', [502, 'secret1'], /fails with status 502/],
  ['with a refusal', [401, 'secret1'], /no credentials \(status 401\)/],
  ['with half of it', [200, JSON.stringify(success).slice(0, 60)], /no AccessKeyId/],
])('a credentials URI that answers %s', async (_, answer, message) => {
  service.answer(() => answer)
  const provider = fromCredentialsUri(`${service.origin}/path?key=top-secret`, { clock, env: {} })
  const result = await provider(asking).catch(reason => reason)
  if (message === undefined) {
    expect(result).toEqual(expected)
    expect(service.asked[0]).toMatchObject({ path: '/path', query: { key: 'top-secret' } })
    return
  }
  expect(result.message).toMatch(message)
  expect(result.message).not.toMatch(/top-secret|secret1/)
})

test.each(['top-secret', 'file:///top-secret', 'http://me:top-secret@127.0.0.1/'])(
  '%s is no credentials URI',
  async uri => {
    const error = await fromCredentialsUri(uri, { env: {} })(asking).catch(reason => reason)
    expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
    expect(error.message).not.toContain('top-secret')
  },
)

/** A process of Node.js that runs `code`. */
function node(code: string, options = {}) {
  const env = { PATH: process.env.PATH, GIVEN: 'from-env' }
  return fromProcess({ command: [process.execPath, '-e', code], ...options }, { env })
}

test.each([
  ['OSS tools', { ...success }, expected],
  [
    'keys that do not end',
    { AccessKeyId: 'ak', AccessKeySecret: 'sk' },
    { accessKeyId: 'ak', accessKeySecret: 'sk' },
  ],
  [
    'the CLI',
    {
      mode: 'StsToken',
      access_key_id: 'STS.id1',
      access_key_secret: 'secret1',
      sts_token: 'token1',
      expiration: '2026-01-02T09:00:00Z',
    },
    expected,
  ],
])('a process that writes as for %s', async (_, output, credentials) => {
  const provider = node(`process.stdout.write(${JSON.stringify(JSON.stringify(output))})`)
  expect(await provider(asking)).toEqual(credentials)
})

test('a line for the shell, which sees the environment that was given', async () => {
  const json = `{\\"AccessKeyId\\":\\"ak\\",\\"AccessKeySecret\\":\\"$GIVEN\\"}`
  const provider = fromProcess(
    { command: `printf '%s' "${json}" | cat` },
    { env: { PATH: process.env.PATH, GIVEN: 'from-env' } },
  )
  expect(await provider(asking)).toEqual({ accessKeyId: 'ak', accessKeySecret: 'from-env' })
})

test.skipIf(process.platform === 'win32')(
  'a child that it leaves in the background, with its pipes, is not waited for',
  async () => {
    const filling = 'x'.repeat(60_000)
    const json = JSON.stringify({ AccessKeyId: 'ak', AccessKeySecret: 'sk', filling })
    const command = `sleep 1000 & echo $! >"$PID_FILE"; printf '%s' '${json}'`
    const folder = await mkdtemp(join(tmpdir(), 'ossup-process-'))
    const pidFile = join(folder, 'pid')
    try {
      const env = { PATH: process.env.PATH, PID_FILE: pidFile }
      // Its time never ends.
      const provider = fromProcess({ command }, { env, clock: new VirtualClock() })
      expect(await provider(asking)).toEqual({ accessKeyId: 'ak', accessKeySecret: 'sk' })
    } finally {
      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL')
      await rm(folder, { recursive: true })
    }
  },
)

const secret = 'aB3dEfGh1jKlMn0pQrStUvWxYz12345'
test.each([
  [
    'fails',
    `console.error('cannot log in with ${secret}'); process.exit(3)`,
    /exit code 3: cannot log in with \*\*\*$/,
  ],
  ['writes no JSON', `console.log('${secret}')`, /not JSON/],
  ['writes nothing', '', /not JSON/],
  ['is killed', `process.kill(process.pid, 'SIGTERM')`, /SIGTERM/],
])('a process that %s', async (_, code, message) => {
  const error = await node(code)(asking).catch(reason => reason)
  expect(error).toMatchObject({ code: 'CREDENTIALS_REFUSED' })
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain(secret)
})

test('a program that is not there', async () => {
  const provider = fromProcess({ command: ['/no/such/program'] }, { env: {} })
  await expect(provider(asking)).rejects.toMatchObject({
    code: 'CREDENTIALS_REFUSED',
    message: expect.stringMatching(/cannot be started \(ENOENT\)/),
  })
})

test('a process that does not end is killed when its time is over', async () => {
  const time = new VirtualClock()
  const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
  const provider = fromProcess({ command, timeoutMs: 5000 }, { env: {}, clock: time })
  const asked = provider(asking).catch(reason => reason)
  await expect.poll(() => time.sleepers).toBe(1)
  await time.advance(5000)
  expect(await asked).toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: expect.stringMatching(/within 5 s/),
  })
})
