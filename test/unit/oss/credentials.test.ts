import { describe, expect, it } from 'vitest'
import { CredentialsError } from '../../../src/errors.ts'
import {
  fromEnvironment,
  sharedCredentials,
  staticCredentials,
} from '../../../src/oss/credentials.ts'
import type { Credentials } from '../../../src/ports.ts'

const asking = { refresh: false }
const minute = 60_000

describe('fromEnvironment', () => {
  it.each([
    [{ OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'sk' }, {}],
    [
      { OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'sk', OSS_SESSION_TOKEN: 't' },
      { securityToken: 't' },
    ],
    [{ OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'sk', OSS_SESSION_TOKEN: '' }, {}],
  ])('%j', async (environment, token) => {
    const credentials = await fromEnvironment(environment)(asking)
    expect(credentials).toEqual({ accessKeyId: 'id', accessKeySecret: 'sk', ...token })
  })

  it.each([
    [{}, /OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET not set/],
    [{ OSS_ACCESS_KEY_ID: 'id' }, /: OSS_ACCESS_KEY_SECRET not set/],
    [{ OSS_ACCESS_KEY_ID: '', OSS_ACCESS_KEY_SECRET: 'sk' }, /: OSS_ACCESS_KEY_ID not set/],
  ])('%j misses something', async (environment, message) => {
    const error = await fromEnvironment(environment)(asking).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CredentialsError)
    expect(error).toMatchObject({
      code: 'MISSING_CREDENTIALS',
      message: expect.stringMatching(message),
    })
    expect(String(error)).not.toContain('sk')
  })
})

it('staticCredentials refuses an empty secret at once', () => {
  expect(() => staticCredentials({ accessKeyId: 'id', accessKeySecret: '' })).toThrow(
    expect.objectContaining({ code: 'MISSING_CREDENTIALS' }),
  )
})

/** A provider of numbered credentials whose answers the test gives. */
function scripted(...lives: (number | undefined | Error)[]) {
  const asked: boolean[] = []
  const shared = sharedCredentials(async ({ refresh }) => {
    const life = lives[asked.length]
    asked.push(refresh)
    if (life instanceof Error) throw life
    return named(asked.length, life)
  })
  return { shared, asked }
}

function named(number: number, expiresAt?: number): Credentials {
  const credentials = { accessKeyId: `id${number}`, accessKeySecret: 'sk' }
  return expiresAt === undefined ? credentials : { ...credentials, expiresAt }
}

async function idsAt(shared: ReturnType<typeof sharedCredentials>, ...times: number[]) {
  const ids: string[] = []
  for (const at of times) {
    ids.push((await shared.get(at)).accessKeyId)
    await Promise.resolve().then(() => new Promise(resolve => setImmediate(resolve)))
  }
  return ids
}

describe('sharedCredentials', () => {
  it('asks once for all who wait, and never again without expiry', async () => {
    const { shared, asked } = scripted(undefined)
    const all = await Promise.all([shared.get(0), shared.get(0), shared.get(0)])
    expect(new Set(all).size).toBe(1)
    expect(await idsAt(shared, 1e15)).toEqual(['id1'])
    expect(asked).toEqual([false])
  })

  it.each([
    // A life of 10 minutes: at 20 %, two minutes before the end.
    [10 * minute, 8 * minute],
    // A life of 10 hours: 15 minutes before the end.
    [600 * minute, 585 * minute],
  ])('of a life of %d ms asks again after %d', async (life, due) => {
    const { shared, asked } = scripted(life, 10 * life)
    expect(await idsAt(shared, 0, due - 1)).toEqual(['id1', 'id1'])
    expect(asked.length).toBe(1)
    // The one that finds it due does not wait for the answer.
    expect(await idsAt(shared, due, due)).toEqual(['id1', 'id2'])
    expect(asked).toEqual([false, true])
  })

  it('keeps serving the old ones while a refresh fails, and pauses between attempts', async () => {
    const life = 10 * minute
    const { shared, asked } = scripted(life, new Error('down'), new Error('down'), 10 * life)
    await idsAt(shared, 0)
    expect(await idsAt(shared, 9 * minute, 9 * minute + 1, 9 * minute + 9_999)).toEqual([
      'id1',
      'id1',
      'id1',
    ])
    expect(asked.length).toBe(2)
    // Over: now the failure is the caller's.
    await expect(shared.get(life)).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      retryable: true,
    })
    expect(await idsAt(shared, life)).toEqual(['id4'])
  })

  it('does not ask at every request when new ones are over already', async () => {
    const { shared, asked } = scripted(5, 5, 5)
    expect(await idsAt(shared, 1_000_000, 1_000_001, 1_009_999)).toEqual(['id1', 'id1', 'id1'])
    expect(await idsAt(shared, 1_010_000)).toEqual(['id2'])
    expect(asked.length).toBe(2)
  })

  it('refreshes once for all whose request was refused', async () => {
    const { shared, asked } = scripted(undefined, undefined, undefined)
    const failed = await shared.get(0)
    await Promise.all([shared.refresh(failed, 0), shared.refresh(failed, 0)])
    // A request that was under way meanwhile comes back refused as well.
    await shared.refresh(failed, 0)
    expect(asked).toEqual([false, true])
    expect((await shared.get(0)).accessKeyId).toBe('id2')
    await shared.refresh(undefined, 0)
    expect(asked.length).toBe(3)
  })

  it('tells a new token of the same access key from the old one', async () => {
    let token = 0
    const shared = sharedCredentials(async () => ({
      accessKeyId: 'id',
      accessKeySecret: 'sk',
      securityToken: `t${token++}`,
    }))
    await shared.get(0)
    await shared.refresh({ accessKeyId: 'id', securityToken: 't0' }, 0)
    await shared.refresh({ accessKeyId: 'id', securityToken: 't0' }, 0)
    expect((await shared.get(0)).securityToken).toBe('t1')
  })

  it.each<[what: string, provider: () => unknown, code: string]>([
    ['nothing', () => undefined, 'MISSING_CREDENTIALS'],
    ['no secret', () => ({ accessKeyId: 'id' }), 'MISSING_CREDENTIALS'],
    [
      'an exception, at once',
      () => {
        throw new Error('secret stuff')
      },
      'CREDENTIALS_UNAVAILABLE',
    ],
  ])('makes sense of a provider that gives %s', async (_, provider, code) => {
    const shared = sharedCredentials(provider as () => Promise<Credentials>)
    const error = await shared.get(0).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'CredentialsError', code })
    expect(String(error)).not.toContain('secret stuff')
  })
})
