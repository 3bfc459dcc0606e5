import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Code } from '../../../../src/cli/start/code.ts'

const later = ['node:path', 'node:no-such-module', './b.js', './no-such-script.js']
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ossup-code-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function codeOf(files: Record<string, string>, scripts: Record<string, string>, kept?: Buffer) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const compiledBefore = (script: string) => (script === 'engine.js' ? kept : undefined)
  return new Code(folder, { later, scripts }, compiledBefore)
}

const engine = `({
"a.js"(exports, module, require, later, __filename) {
exports.file = __filename; exports.join = () => later["node:path"].join("x", "y"); exports.b = require("./b.js")
},
"b.js"(exports, module, require, later, __filename) {
module.exports = { name: "b", fs: require("fs"), here: () => new Error("here").stack }
},
})`
const inEngine = { 'a.js': 'engine.js', 'b.js': 'engine.js' }

test('modules of one script and of their own, each run once', () => {
  const own = '({ "c.js"(exports, module, require) { exports.a = require("./a.js") } })'
  const code = codeOf({ 'engine.js': engine, 'c.js': own }, inEngine)
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
  const code = codeOf({ 'c.js': text }, {})
  const c = code.require('./c.js') as { __esModule: boolean }
  expect(Object.getOwnPropertyDescriptor(c, 'a')?.value).toBe(1)
  expect(c.__esModule).toBe(true)
  expect(code.require('./c.js')).toBe(c)
})

test('a stack names file and line', () => {
  const code = codeOf({ 'engine.js': engine }, inEngine)
  const { here } = code.require('./b.js') as { here(): string }
  expect(here()).toContain(`${join(folder, 'engine.js')}:6:`)
})

test('a script is compiled when it is wanted', () => {
  const code = codeOf({ 'engine.js': engine, 'c.js': '({ "c.js"() {} })' }, inEngine)
  code.require('./c.js')
  expect([...code.compiled.keys()]).toEqual(['c.js'])
  code.require('./b.js')
  expect([...code.compiled.keys()]).toEqual(['c.js', 'engine.js'])
  expect(code.compiled.get('engine.js')?.cachedDataRejected).toBeUndefined()
})

test('a module that is for later is loaded when something of it is used', () => {
  const own =
    '({ "c.js"(exports, module, require, later) { exports.b = () => later["./b.js"].name } })'
  const code = codeOf({ 'engine.js': engine, 'c.js': own }, inEngine)
  const c = code.require('./c.js') as { b(): string }
  expect(code.compiled.has('engine.js')).toBe(false)
  expect([c.b(), c.b()]).toEqual(['b', 'b'])
  expect(code.compiled.has('engine.js')).toBe(true)
})

test('what is kept is used', () => {
  const first = codeOf({ 'engine.js': engine }, inEngine)
  first.require('./a.js')
  const kept = first.compiled.get('engine.js')?.createCachedData()
  const code = codeOf({}, inEngine, kept)
  expect((code.require('./b.js') as { name: string }).name).toBe('b')
  expect(code.compiled.get('engine.js')?.cachedDataRejected).toBe(false)
})

test('a module that is not where it should be is told', () => {
  const code = codeOf({ 'engine.js': engine }, { ...inEngine, 'x.js': 'engine.js' })
  expect(() => code.require('./x.js')).toThrow('x.js is not in engine.js')
})
