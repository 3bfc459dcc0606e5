import { expect, test } from 'vitest'
import { CredentialsError } from '../../../src/errors.ts'
import { guardedSigner } from '../../../src/oss/guarded-signer.ts'
import type { RequestToSign, Signer } from '../../../src/oss/signer.ts'

const request: RequestToSign = { method: 'GET', query: {}, headers: {}, at: 0 }
const quoting = new TypeError('fetch failed with key secret')

test('a signature at once stays at once', () => {
  expect(guardedSigner({ sign: () => ({ authorization: 'a' }) }).sign(request)).toEqual({
    authorization: 'a',
  })
})

test('it keeps its this, and has what the signer has', async () => {
  class Remote {
    readonly word = 'signed'
    async sign() {
      return { authorization: this.word }
    }
    async ready() {
      if (this.word === undefined) throw new Error('this is lost')
    }
  }
  const guarded = guardedSigner(new Remote())
  expect(await guarded.sign(request)).toEqual({ authorization: 'signed' })
  await guarded.ready?.(0)
  expect([guarded.refresh, guarded.presign]).toEqual([undefined, undefined])
})

test.each<[what: string, ask: (signer: Signer) => unknown, signer: Signer]>([
  ['sign rejects', signer => signer.sign(request), { sign: () => Promise.reject(quoting) }],
  [
    'ready rejects',
    signer => signer.ready?.(0),
    { sign: () => ({}), ready: () => Promise.reject(quoting) },
  ],
  [
    'refresh rejects',
    signer => signer.refresh?.(undefined, 0),
    { sign: () => ({}), refresh: () => Promise.reject(quoting) },
  ],
  [
    'presign rejects',
    signer => signer.presign?.(request, 5),
    { sign: () => ({}), presign: () => Promise.reject(quoting) },
  ],
])('%s: a passing fault that quotes nothing', async (_what, ask, signer) => {
  await expect(ask(guardedSigner(signer))).rejects.toMatchObject({
    name: 'CredentialsError',
    code: 'CREDENTIALS_UNAVAILABLE',
    retryable: true,
    message: expect.not.stringContaining('secret'),
    cause: quoting,
  })
})

test('what throws at once is a fault as well', () => {
  const thrower = guardedSigner({
    sign: () => {
      throw quoting
    },
  })
  expect(() => thrower.sign(request)).toThrow(
    expect.objectContaining({ code: 'CREDENTIALS_UNAVAILABLE' }),
  )
})

test("the signer's own refusal passes as it is", async () => {
  const refusal = new CredentialsError('CREDENTIALS_REFUSED', 'not for you')
  const signer = guardedSigner({ sign: () => Promise.reject(refusal) })
  await expect(signer.sign(request)).rejects.toBe(refusal)
})

test.each([{}, null, undefined, 'signed', { authorization: 5 }])(
  '%j is no signature',
  async given => {
    // What a server answers is known to no compiler.
    const signer = guardedSigner({ sign: async () => JSON.parse(JSON.stringify({ given })).given })
    await expect(signer.sign(request)).rejects.toMatchObject({ code: 'MISSING_SIGNATURE' })
  },
)
