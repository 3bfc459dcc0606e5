import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { md5, md5Digest } from '../../../src/hash/md5.ts'
import { hmacSha256, sha256, sha256Hex } from '../../../src/hash/sha256.ts'

describe.each([0, 1, 63, 64, 65, 1000])('of %i bytes', size => {
  const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251)
  const hex = (digest: Uint8Array) => Buffer.from(digest).toString('hex')

  it('sha256, hmacSha256 and md5 agree with node:crypto', () => {
    expect(hex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(hex(md5(bytes))).toBe(createHash('md5').update(bytes).digest('hex'))
    const key = new TextEncoder().encode('key')
    expect(hex(hmacSha256(key, bytes))).toBe(createHmac('sha256', key).update(bytes).digest('hex'))
  })
})

it('md5Digest takes bytes in pieces', () => {
  const digest = md5Digest()
  digest.update(new Uint8Array([1, 2]))
  digest.update(new Uint8Array([3]))
  const whole = createHash('md5')
    .update(new Uint8Array([1, 2, 3]))
    .digest('hex')
  expect(Buffer.from(digest.digest()).toString('hex')).toBe(whole)
})

it('sha256Hex is of the UTF-8', () => {
  expect(sha256Hex('中😀')).toBe(createHash('sha256').update('中😀', 'utf8').digest('hex'))
})
