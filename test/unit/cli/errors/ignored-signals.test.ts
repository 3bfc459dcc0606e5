import { describe, expect, test } from 'vitest'
import { ignoredSignals } from '../../../../src/cli/errors/ignored-signals.ts'

type Files = Readonly<Record<string, string>>

function ignored(files: Files, env: Readonly<Record<string, string>> = {}) {
  return [...ignoredSignals({ env, ppid: 7, read: path => files[path] })].sort()
}

const parent = (mask: string): Files => ({
  '/proc/7/status': `Name:\tbash\nSigBlk:\t0000000000000000\nSigIgn:\t${mask}\nSigCgt:\t0000000000000000\n`,
})

describe('a parent', () => {
  test.each([
    ['that ignores nothing', '0000000000000000', []],
    ['under nohup', '0000000000000001', ['SIGHUP']],
    ["with trap '' INT", '0000000000000002', ['SIGINT']],
    ["with trap '' INT HUP TERM", '0000000000004003', ['SIGHUP', 'SIGINT', 'SIGTERM']],
    ['that is Node.js, which ignores SIGPIPE alone', '0000000001001000', []],
    // Its children get the defaults back.
    ['that is an interactive bash', '0000000000384004', []],
    ["that is an interactive bash with trap '' HUP", '0000000000384005', ['SIGHUP']],
  ])('%s', (_, mask, expected) => {
    expect(ignored(parent(mask))).toEqual(expected)
  })
})

describe('nohup', () => {
  const input = (flags: string, target: string): Files => ({
    '/proc/self/fdinfo/0': `pos:\t0\nflags:\t${flags}\nmnt_id:\t30\n`,
    '/proc/self/fd/0': target,
  })

  test.each([
    ['0100001', '/dev/null', ['SIGHUP']],
    ['0100000', '/dev/null', []],
    ['0100002', '/dev/null', []],
    ['0100001', '/dev/pts/1', []],
  ])('standard input with flags %s that is %s', (flags, target, expected) => {
    expect(ignored(input(flags, target))).toEqual(expected)
  })

  test.each([
    ['/usr/bin/nohup', ['SIGHUP']],
    ['/usr/local/bin/ossup', []],
    ['/opt/nohup/ossup', []],
  ])('started by %s', (path, expected) => {
    expect(ignored({}, { _: path })).toEqual(expected)
  })
})

test('where nothing can be read, nothing is ignored', () => {
  expect(ignored({})).toEqual([])
})
