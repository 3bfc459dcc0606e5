// Values of another realm, of other packages, and hostile ones.

import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  CredentialsError,
  isOssupError,
  NetworkError,
  OptionError,
  OssError,
  OssupError,
} from '../../../src/errors.ts'
import { bytesOf, isBytes } from '../../../src/foreign/bytes.ts'
import { codeOf, isError, messageOf } from '../../../src/foreign/error.ts'
import { isThenable } from '../../../src/foreign/promise.ts'
import { quietly } from '../../../src/foreign/quietly.ts'
import {
  dateValue,
  isBlob,
  isFetchMessage,
  isSignal,
  isUrl,
  isWebStream,
} from '../../../src/foreign/web.ts'

const realm = createContext({})
const foreign = (code: string): unknown => runInContext(code, realm)
const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('a trap')
    },
    has() {
      throw new Error('a trap')
    },
  },
)
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const hostile: [name: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['a string', 'x'],
  ['a function', () => {}],
  ['an object without prototype', Object.create(null)],
  ['a proxy that throws', throwing],
  ['a revoked proxy', revoked()],
  ['a list', []],
]

describe('errors', () => {
  test('of another realm', () => {
    expect(isError(foreign('new TypeError("x")'))).toBe(true)
    expect(isError(foreign('new RangeError()'))).toBe(true)
    expect(codeOf(foreign('Object.assign(new Error("x"), { code: "ENOENT" })'))).toBe('ENOENT')
    expect(messageOf(foreign('new Error("why")'))).toBe('why')
    expect(isError(new DOMException('x'))).toBe(true)
  })

  test('a code that is not a string is none', () => {
    expect(codeOf(Object.assign(new Error('x'), { code: 5 }))).toBe(undefined)
    expect(codeOf(new Error('x'))).toBe(undefined)
  })

  test.each(hostile)('%s is no error', (_, value) => {
    expect(isError(value)).toBe(false)
    expect(codeOf(value)).toBe(undefined)
    expect(typeof messageOf(value)).toBe('string')
    expect(isOssupError(value)).toBe(false)
  })

  test('of another copy of this library count by their kind', async () => {
    // A second instance of the module, as a second installed copy is.
    const url = new URL('../../../src/errors.ts?copy', import.meta.url)
    const other: typeof import('../../../src/errors.ts') = await import(url.href)
    expect(other.OssError).not.toBe(OssError)
    const error = new other.OssError('NoSuchKey', 'x', { status: 404 })
    expect(error).toBeInstanceOf(OssError)
    expect(error).toBeInstanceOf(OssupError)
    expect(error).toBeInstanceOf(Error)
    expect(error instanceof NetworkError).toBe(false)
    expect(new other.CredentialsError('MISSING_CREDENTIALS', 'x')).toBeInstanceOf(CredentialsError)
  })

  test("a caller's own class is no other class", () => {
    class Own extends OptionError {}
    expect(new Own('INVALID_KEY', 'x')).toBeInstanceOf(Own)
    expect(new Own('INVALID_KEY', 'x')).toBeInstanceOf(OptionError)
    expect(new OptionError('INVALID_KEY', 'x') instanceof Own).toBe(false)
    for (const value of [null, 5, {}, throwing, { name: 'OptionError', message: '' }]) {
      expect((value as unknown) instanceof OptionError).toBe(false)
    }
  })
})

describe('bytes', () => {
  test('of another realm', () => {
    expect(isBytes(foreign('new Uint8Array(3)'))).toBe(true)
    expect(bytesOf(foreign('Uint16Array.of(1, 2)'))).toEqual(Uint8Array.of(1, 0, 2, 0))
    expect(bytesOf(foreign('new ArrayBuffer(2)'))?.length).toBe(2)
    expect(bytesOf(foreign('new DataView(new ArrayBuffer(4), 1, 2)'))?.length).toBe(2)
    expect(bytesOf(foreign('new SharedArrayBuffer(2)'))?.length).toBe(2)
  })

  test('a view is not copied, and an odd one is not mistaken for bytes', () => {
    const samples = Int16Array.of(1, 2)
    expect(bytesOf(samples)?.buffer).toBe(samples.buffer)
    expect(isBytes(samples)).toBe(false)
    expect(isBytes(Buffer.from('x'))).toBe(true)
    const disguised = Object.defineProperty(Int16Array.of(1), Symbol.toStringTag, {
      value: 'Uint8Array',
    })
    expect(isBytes(disguised)).toBe(false)
    expect(bytesOf({ byteLength: 3, length: 3, buffer: new ArrayBuffer(3) })).toBe(undefined)
  })

  test.each(hostile)('%s is none', (_, value) => {
    expect(isBytes(value)).toBe(false)
    expect(bytesOf(value)).toBe(undefined)
  })
})

describe('objects of the web platform', () => {
  test('are recognised', () => {
    expect(isUrl(new URL('file:///x'))).toBe(true)
    expect(isBlob(new Blob([]))).toBe(true)
    expect(isWebStream(new ReadableStream())).toBe(true)
    expect(isFetchMessage(new Response())).toBe(true)
    expect(isSignal(new AbortController().signal)).toBe(true)
    expect(dateValue(new Date(5))).toBe(5)
    expect(dateValue(foreign('new Date(7)'))).toBe(7)
    expect(isThenable(foreign('Promise.resolve()'))).toBe(true)
  })

  test('and no others', () => {
    expect(isBlob(new Response())).toBe(false)
    expect(isUrl({ href: 'x' })).toBe(false)
    expect(isWebStream(new WritableStream())).toBe(false)
  })

  test.each(hostile)('%s is none', (_, value) => {
    for (const is of [isUrl, isBlob, isWebStream, isFetchMessage, isSignal]) {
      expect(is(value)).toBe(false)
    }
    expect(dateValue(value)).toBe(undefined)
  })
})

test('what a listener throws or rejects with is dropped', async () => {
  const calls: string[] = []
  quietly(() => {
    calls.push('throws')
    throw new Error('mine')
  })
  quietly(async () => {
    calls.push('rejects')
    throw new Error('mine')
  })
  quietly(() => foreign('Promise.reject(new Error("mine"))'))
  // An unhandled rejection is found after this turn, and fails the test run.
  await new Promise(resolve => setImmediate(resolve))
  expect(calls).toEqual(['throws', 'rejects'])
})
