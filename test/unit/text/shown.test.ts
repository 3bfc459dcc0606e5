import { expect, test } from 'vitest'
import { shown, withoutLogin } from '../../../src/text/shown.ts'

const values: [value: unknown, text: string][] = [
  ['a', '"a"'],
  ['a\r\n', '"a\\r\\n"'],
  [5, '5'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n, '10'],
  [Symbol('s'), 'a symbol'],
  [() => {}, 'a function'],
  [['secret'], 'a list'],
  [new Map(), 'an object (Map)'],
  [Object.create(null), 'an object (without prototype)'],
  ['http://user:pass@host/', '"http://…@host/"'],
  ['see https://u:p@ss/w@rd@host:80 there', '"see https://…@host:80 there"'],
]

test.each(values)('%s is shown as %s', (value, text) => {
  expect(shown(value)).toBe(text)
})

test('a long string is cut, and its password is not cut free', () => {
  expect(shown('x'.repeat(1e6))).toBe(`"${'x'.repeat(100)}"… (1000000 characters)`)
  const address = `http://user:${'p'.repeat(90)}@host`
  expect(shown(address)).not.toContain('pp')
})

test('an object that throws at every access', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  const hiding = {
    get constructor() {
      throw new Error('no')
    },
    toString() {
      throw new Error('no')
    },
  }
  expect(shown(hiding)).toMatch(/^an object/)
  revoke()
  expect(() => shown(proxy)).not.toThrow()
})

test.each([
  ['http://user:pass@host:80', 'http://…@host:80'],
  ['user:pa/ss@host', '…@host'],
  ['host', 'host'],
  [' https://u@v@host', '…@host'],
])('%s without its login is %s', (address, text) => {
  expect(withoutLogin(address)).toMatch(text.trim())
  expect(withoutLogin(address)).not.toMatch(/user|pass|u@v/)
})
