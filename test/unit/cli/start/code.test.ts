import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Code } from '../../../../src/cli/start/code.ts'

const builtins = ['path', 'no-such-module']
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ossup-code-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function codeOf(files: Record<string, string>, scripts: Record<string, string>, kept?: Buffer) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  let asked = 0
  const engine = {
    name: 'engine.js',
    compiledBefore() {
      asked += 1
      return kept
    },
  }
  const code = new Code(folder, { builtins, scripts }, engine)
  return { code, asked: () => asked }
}

const engine = `({
"a.js"(exports, module, require, node, __filename) {
exports.file = __filename; exports.join = () => node["path"].join("x", "y"); exports.b = require("./b.js")
},
"b.js"(exports, module, require, node, __filename) {
module.exports = { name: "b", fs: require("fs"), here: () => new Error("here").stack }
},
})`
const inEngine = { 'a.js': 'engine.js', 'b.js': 'engine.js' }

test('modules of one script and of their own, each run once', () => {
  const own = '({ "c.js"(exports, module, require) { exports.a = require("./a.js") } })'
  const { code } = codeOf({ 'engine.js': engine, 'c.js': own }, inEngine)
  const c = code.require('./c.js') as { a: { file: string; join(): string; b: object } }
  expect(c.a).toBe(code.require('./a.js'))
  expect(c.a.b).toBe(code.require('./b.js'))
  expect(c.a.file).toBe(join(folder, 'engine.js'))
  expect(c.a.join()).toBe(join('x', 'y'))
  expect(code.require('node:path')).toBe(process.getBuiltinModule('node:path'))
})

test('exports are values, not getters, and are still known as a module', () => {
  const text = `({ "c.js"(exports, module) {
    Object.defineProperty(exports, "__esModule", { value: true })
    Object.defineProperty(exports, "a", { get: () => 1, enumerable: true })
  } })`
  const { code } = codeOf({ 'c.js': text }, {})
  const c = code.require('./c.js') as { __esModule: boolean }
  expect(Object.getOwnPropertyDescriptor(c, 'a')?.value).toBe(1)
  expect(c.__esModule).toBe(true)
  expect(code.require('./c.js')).toBe(c)
})

test('a stack names file and line', () => {
  const { code } = codeOf({ 'engine.js': engine }, inEngine)
  const { here } = code.require('./b.js') as { here(): string }
  expect(here()).toContain(`${join(folder, 'engine.js')}:6:`)
})

test('the engine is asked for when it is wanted', () => {
  const { code, asked } = codeOf({ 'engine.js': engine, 'c.js': '({ "c.js"() {} })' }, inEngine)
  code.require('./c.js')
  expect([asked(), code.engine]).toEqual([0, undefined])
  code.require('./b.js')
  expect(asked()).toBe(1)
  expect(code.engine?.cachedDataRejected).toBeUndefined()
})

test('what is kept is used', () => {
  const first = codeOf({ 'engine.js': engine }, inEngine).code
  first.require('./a.js')
  const kept = first.engine?.createCachedData()
  const { code } = codeOf({}, inEngine, kept)
  expect((code.require('./b.js') as { name: string }).name).toBe('b')
  expect(code.engine?.cachedDataRejected).toBe(false)
})

test('a module that is not where it should be is told', () => {
  const { code } = codeOf({ 'engine.js': engine }, { ...inEngine, 'x.js': 'engine.js' })
  expect(() => code.require('./x.js')).toThrow('x.js is not in engine.js')
})
