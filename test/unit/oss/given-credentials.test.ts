// Credentials with what files, variables and other libraries leave around them.

import { createContext, runInContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { CredentialsError } from '../../../src/errors.ts'
import {
  fromEnvironment,
  sharedCredentials,
  staticCredentials,
} from '../../../src/oss/credentials.ts'
import type { Credentials } from '../../../src/ports.ts'

const good = { accessKeyId: 'id', accessKeySecret: 'secret' }

/** Through each door by which credentials come in. */
const doors: [name: string, through: (given: object) => Promise<Credentials>][] = [
  [
    'credentials that never change',
    async given => staticCredentials(given as Credentials)({ refresh: false }),
  ],
  ['a provider', given => sharedCredentials(async () => given as Credentials).get(0)],
]

describe.each(doors)('%s', (_, through) => {
  test.each([
    ['a line feed', 'id\n'],
    ['a carriage return', 'id\r\n'],
    ['a byte order mark', '\ufeffid'],
    ['blanks', ' \tid '],
  ])('%s around a value is removed', async (_, accessKeyId) => {
    expect(await through({ ...good, accessKeyId })).toEqual(good)
    const token = { ...good, securityToken: accessKeyId }
    expect(await through(token)).toEqual({ ...good, securityToken: 'id' })
    const secret = { accessKeyId: 'id', accessKeySecret: accessKeyId }
    expect(await through(secret)).toEqual({ ...good, accessKeySecret: 'id' })
  })

  test.each([
    ['a line break', 's3cr\net'],
    ['a blank', 's3cr et'],
    ['U+0001', 's3cr\u0001et'],
    ['U+00E9', 's3cr\u00e9t'],
    ['U+200B', 's3cr\u200bet'],
    ['not a string', 5],
  ])('%s inside a value is refused by the name of the field', async (what, value) => {
    for (const field of ['accessKeyId', 'accessKeySecret', 'securityToken']) {
      const error: unknown = await (async () => through({ ...good, [field]: value }))().catch(
        thrown => thrown,
      )
      expect(error).toBeInstanceOf(CredentialsError)
      expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED', retryable: false })
      expect(String(error)).toContain(field)
      expect(String(error)).toContain(what)
      expect(String(error)).not.toContain('s3cr')
    }
  })

  test.each([null, '', ' ', undefined])('%j as a token is no token', async securityToken => {
    expect(await through({ ...good, securityToken })).toEqual(good)
  })

  test.each(['stsToken', 'sessionToken', 'SecurityToken'])(
    'the name of another library, %s, is refused',
    async name => {
      const error: unknown = await (async () => through({ ...good, [name]: 'token' }))().catch(
        thrown => thrown,
      )
      expect(String(error)).toMatch(`${name}, which is called securityToken`)
    },
  )

  test('names with a capital are said', async () => {
    const sts = { AccessKeyId: 'id', AccessKeySecret: 'secret' }
    const error: unknown = await (async () => through(sts))().catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'MISSING_CREDENTIALS' })
    expect(String(error)).toContain('small first letter')
  })

  const at = Date.UTC(2030, 0, 2, 3, 4, 5)
  test.each([
    ['milliseconds', at],
    ['a Date', new Date(at)],
    ['a Date of another realm', runInContext(`new Date(${at})`, createContext())],
    ['as STS writes it', '2030-01-02T03:04:05Z'],
    ['with an offset', '2030-01-02T04:04:05+01:00'],
  ])('an expiry: %s', async (_, expiresAt) => {
    expect(await through({ ...good, expiresAt })).toEqual({ ...good, expiresAt: at })
  })

  test.each([null, undefined])('an expiry of %s is none', async expiresAt => {
    expect(await through({ ...good, expiresAt })).toEqual(good)
  })

  test.each([
    ['seconds', Math.floor(at / 1000)],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a number as a string', '1893553445'],
    ['a word', 'tomorrow'],
    ['an invalid Date', new Date(Number.NaN)],
    ['true', true],
    ['an object', {}],
  ])('an expiry that is not understood is refused by name: %s', async (_, expiresAt) => {
    const error: unknown = await (async () => through({ ...good, expiresAt }))().catch(
      thrown => thrown,
    )
    expect(error).toMatchObject({ code: 'CREDENTIALS_MISCONFIGURED' })
    expect(String(error)).toContain('expiresAt')
  })
})

test('a provider with an ISO time is asked once, not at every request', async () => {
  const now = Date.UTC(2030, 0, 1)
  const given = JSON.parse(
    '{"accessKeyId":"id","accessKeySecret":"s","expiresAt":"2030-01-02T00:00:00Z"}',
  )
  const provider = vi.fn(async () => given)
  const shared = sharedCredentials(provider)
  for (let request = 0; request < 20; request++) await shared.get(now + request)
  expect(provider).toHaveBeenCalledOnce()
})

test('a getter that throws is a fault of the provider', async () => {
  const given = {
    get accessKeyId(): string {
      throw new Error('no')
    },
    accessKeySecret: 's',
  }
  const getting = sharedCredentials(async () => given).get(0)
  await expect(getting).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' })
})

test('a variable is named', async () => {
  const env = { OSS_ACCESS_KEY_ID: 'id\r\n', OSS_ACCESS_KEY_SECRET: 'se\ncret' }
  await expect(fromEnvironment(env)({ refresh: false })).rejects.toThrow(
    /^OSS_ACCESS_KEY_SECRET has a line break at character 3/,
  )
  const clean = { ...env, OSS_ACCESS_KEY_SECRET: 'secret\r', OSS_SESSION_TOKEN: '\n' }
  expect(await fromEnvironment(clean)({ refresh: false })).toEqual(good)
})
