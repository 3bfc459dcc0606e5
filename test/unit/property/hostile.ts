// Values as they come from outside: of every type, of another realm, with getters and proxies that throw.

import { runInNewContext } from 'node:vm'
import fc from 'fast-check'

const throwing = () => {
  throw new Error('of the caller')
}

class Config {
  readonly #size = 5
  get partSize(): number {
    return this.#size
  }
}

/** Moves the memory away, as `postMessage` with a transfer list does. */
export function detached<T extends ArrayBufferView>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] })
  return view
}

/** Objects whose shape cannot be trusted. */
const strange: readonly (() => unknown)[] = [
  () => new Map([['a', 'b']]),
  () => new Set(['a']),
  () => new Headers({ a: 'b' }),
  () => new URLSearchParams('a=b'),
  () => new Date(Number.NaN),
  () => new Config(),
  () => Promise.resolve({}),
  () => /x/,
  () => Symbol('secret'),
  () =>
    new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing, has: throwing }),
  () => new Proxy({ a: 1 }, { get: throwing }),
  () => Proxy.revocable({}, {}).proxy,
  () => Object.defineProperty({}, 'partSize', { enumerable: true, get: throwing }),
  () => Object.create({ partSize: 1 }),
  () => Object.create(null),
  () => Object.freeze({ headers: Object.freeze({ a: 1 }) }),
  () => ({ toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }),
  () => runInNewContext('({ a: 1 })'),
  () => runInNewContext('new Uint8Array([1, 2, 3])'),
  () => runInNewContext('new Map()'),
  () => runInNewContext('new Error("elsewhere")'),
  () => new Float32Array(3),
  () => new SharedArrayBuffer(2),
  () => new DataView(new ArrayBuffer(2)),
  () => detached(new Uint8Array(4)),
  () => detached(new DataView(new ArrayBuffer(4))),
  () => detached(new Uint8Array(4)).buffer,
  () => () => {},
  () => throwing,
  () => async () => throwing(),
  () => class {},
  () => {
    const circle: Record<string, unknown> = {}
    circle.circle = circle
    return circle
  },
]

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    ' ',
    '/',
    '\\',
    '..',
    '../../x',
    '__proto__',
    'constructor',
    'a\r\nb: c',
    'a\0b',
    '\ud800',
    'a\udc00b',
    '\ufeff',
    'ünï/码/😀',
    'x'.repeat(5000),
    '%2e%2e/',
    'auto',
    'true',
    '1e3',
  ),
)

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    -1,
    1,
    0.5,
    1e21,
    Number.NaN,
    Infinity,
    -Infinity,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER + 1,
    102_400,
    5_368_709_120,
  ),
)

const names = fc.oneof(
  fc.constantFrom('a', 'content-type', 'Content-Type', 'host', 'x-oss-meta-a', '__proto__', 'x:a'),
  strings,
)

/** Makes a value when it is wanted: the tool that draws it would trip over it. */
export interface Maker {
  readonly make: () => unknown
}

const plain = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Maker> =>
  arbitrary.map(value => ({ make: () => value }))

/** Any value that a caller without a compiler can pass. */
export const hostile: fc.Arbitrary<Maker> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.nat(strange.length - 1).map(index => ({ make: () => strange[index]?.() })),
  },
  { weight: 2, arbitrary: plain(strings) },
  { weight: 2, arbitrary: plain(numbers) },
  {
    weight: 1,
    arbitrary: plain(fc.constantFrom(null, undefined, true, false, 5n, [], {}, [null], ['a'])),
  },
  {
    weight: 2,
    arbitrary: plain(fc.dictionary(names, fc.oneof(strings, numbers, fc.constant(null)))),
  },
  { weight: 1, arbitrary: plain(fc.array(fc.oneof(strings, numbers), { maxLength: 3 })) },
)

/** Always the same value. */
export function always(value: unknown): fc.Arbitrary<Maker> {
  return fc.constant({ make: () => value })
}

/**
 * Objects of which up to three of these fields have hostile values, and now and then an unknown one, over the
 * fields of `valid`.
 */
export function hostileObject(fields: readonly string[], valid: object = {}): fc.Arbitrary<Maker> {
  const some = fc.subarray([...fields], { maxLength: Math.min(3, fields.length) })
  return some.chain(chosen =>
    fc
      .tuple(
        fc.tuple(...chosen.map(() => hostile)),
        fc.option(fc.tuple(names, hostile), { freq: 8, nil: undefined }),
      )
      .map(([makers, extra]) => ({
        make() {
          const object: Record<string, unknown> = { ...valid }
          for (const [index, name] of chosen.entries()) object[name] = makers[index]?.make()
          if (extra !== undefined) object[extra[0]] = extra[1].make()
          return object
        },
      })),
  )
}
