// A 403 or 404 counts only if OSS gave it: the pages of proxies and networks have the same statuses.

import { describe, expect, test } from 'vitest'
import { isForbidden, isMissing } from '../../../src/oss/refusal.ts'
import { serviceError } from '../../../src/oss/service-error.ts'

function refused(status: number, headers: Record<string, string>, body = '') {
  return serviceError({ status, headers, body: new TextEncoder().encode(body) }, {})
}

const page = '<html><title>Blocked</title></html>'
const ofOss = { 'x-oss-request-id': 'R' }
const denied = '<Error><Code>AccessDenied</Code></Error>'

describe('a refusal', () => {
  test('of OSS counts: by its request id, or by its error code', () => {
    expect(isForbidden(refused(403, ofOss))).toBe(true)
    expect(isForbidden(refused(403, {}, denied))).toBe(true)
    expect(isMissing(refused(404, ofOss))).toBe(true)
    expect(isMissing(refused(404, {}, '<Error><Code>NoSuchKey</Code></Error>'))).toBe(true)
  })

  test('of another server does not', () => {
    expect(isForbidden(refused(403, {}, page))).toBe(false)
    expect(isForbidden(refused(403, {}))).toBe(false)
    expect(isMissing(refused(404, {}, page))).toBe(false)
    expect(isMissing(refused(404, {}))).toBe(false)
  })

  test('of another kind does not', () => {
    expect(isForbidden(refused(404, ofOss))).toBe(false)
    expect(isMissing(refused(404, ofOss, '<Error><Code>NoSuchBucket</Code></Error>'))).toBe(false)
    expect(isForbidden(new Error('no'))).toBe(false)
    expect(isMissing(undefined)).toBe(false)
  })
})
