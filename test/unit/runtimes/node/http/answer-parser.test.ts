import { describe, expect, test } from 'vitest'
import {
  type AnswerHead,
  AnswerParser,
  AnswerSyntaxError,
} from '../../../../../src/runtimes/node/http/answer-parser.ts'

/** The parsed answer, if its bytes arrive in chunks of that size. */
function parse(answer: string | Buffer, { method = 'PUT', step = 1e6, closes = false } = {}) {
  const seen = { heads: [] as AnswerHead[], body: '', isComplete: false }
  const parser = new AnswerParser(method, {
    onHead: head => seen.heads.push(head),
    onBody: chunk => {
      seen.body += Buffer.from(chunk).toString('latin1')
    },
    onComplete: () => {
      seen.isComplete = true
    },
  })
  const bytes = Buffer.from(answer)
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step))
  if (closes) parser.end()
  return { ...seen, head: seen.heads[0] }
}

const lines = (...all: string[]) => all.join('\r\n')

describe('answers', () => {
  const cases = [
    {
      what: 'with a length',
      answer: lines('HTTP/1.1 200 OK', 'Content-Length: 5', 'ETag: "x"', '', 'hello'),
      status: 200,
      body: 'hello',
    },
    {
      what: 'of no bytes',
      answer: lines('HTTP/1.1 200', 'content-length:0', '', ''),
      status: 200,
      body: '',
    },
    {
      what: 'in chunks',
      answer: lines(
        'HTTP/1.1 200 OK',
        'Transfer-Encoding: chunked',
        '',
        '5;name=value',
        'hello',
        '0C',
        ' wide\r\nworld',
        '0',
        'Trailer: x',
        '',
        '',
      ),
      status: 200,
      body: 'hello wide\r\nworld',
    },
    {
      what: 'without a body by status',
      answer: lines('HTTP/1.1 204 No Content', '', ''),
      status: 204,
      body: '',
    },
    {
      what: 'not modified',
      answer: lines('HTTP/1.1 304 -', 'content-length: 9', '', ''),
      status: 304,
      body: '',
    },
    {
      what: 'after interim ones',
      answer: lines(
        'HTTP/1.1 100 Continue',
        '',
        'HTTP/1.1 103 Early Hints',
        'link: x',
        '',
        'HTTP/1.1 403 No',
        'content-length: 2',
        '',
        'no',
      ),
      status: 403,
      body: 'no',
    },
  ]
  for (const { what, answer, status, body } of cases) {
    for (const step of [1, 2, 3, 7, 1e6]) {
      test(`${what}, in pieces of ${step}`, () => {
        const seen = parse(answer, { step })
        expect(seen.heads).toHaveLength(1)
        expect(seen).toMatchObject({ head: { status, isLasting: true }, body, isComplete: true })
      })
    }
  }

  test('to HEAD have no body, with any content-length', () => {
    const answer = lines('HTTP/1.1 200 OK', 'content-length: 5', '', '')
    expect(parse(answer, { method: 'HEAD' })).toMatchObject({ isComplete: true, body: '' })
  })

  test('until the connection closes', () => {
    const answer = lines('HTTP/1.1 200 OK', '', 'to the end')
    expect(parse(answer)).toMatchObject({ body: 'to the end', isComplete: false })
    expect(parse(answer, { closes: true })).toMatchObject({
      isComplete: true,
      head: { isLasting: false },
    })
  })

  test('cut short are not complete', () => {
    for (const answer of [
      lines('HTTP/1.1 200 OK', 'content-length: 5', '', 'hell'),
      lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5', 'hello', ''),
      'HTTP/1.1 200 OK\r\n',
    ]) {
      expect(parse(answer, { closes: true }).isComplete).toBe(false)
    }
  })
})

describe('headers', () => {
  test('have lower-case names, and values of one name are joined', () => {
    const answer = lines(
      'HTTP/1.1 200 OK',
      'VARY: a',
      'Vary:  b ',
      'X-Empty:',
      'content-length: 0',
      '',
      '',
    )
    expect(parse(answer).head?.headers).toEqual({
      vary: 'a, b',
      'x-empty': '',
      'content-length': '0',
    })
  })

  test('are UTF-8 where they can be, else Latin-1', () => {
    const utf8 = Buffer.from(
      lines('HTTP/1.1 200 OK', 'x: 中文', 'content-length: 0', '', ''),
      'utf8',
    )
    expect(parse(utf8, { step: 1 }).head?.headers.x).toBe('中文')
    const latin1 = Buffer.from(
      lines('HTTP/1.1 200 OK', 'x: caf\xe9', 'content-length: 0', '', ''),
      'latin1',
    )
    expect(parse(latin1).head?.headers.x).toBe('café')
  })

  test.each([
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: Close'], false],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: Keep-Alive'], true],
  ])('%s %j: the connection lasts: %s', (version, headers, isLasting) => {
    const answer = lines(`${version} 200 OK`, ...headers, 'content-length: 0', '', '')
    expect(parse(answer).head?.isLasting).toBe(isLasting)
  })
})

describe('refused', () => {
  const ok = 'HTTP/1.1 200 OK'
  test.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['garbage without a line end', '\x16\x03\x01\x02\x00'],
    ['another version', lines('HTTP/2 200', '', '')],
    ['a status of two digits', lines('HTTP/1.1 20 OK', '', '')],
    ['a change of protocol', lines('HTTP/1.1 101 Switching', 'upgrade: x', '', '')],
    ['two different lengths', lines(ok, 'content-length: 1', 'content-length: 2', '', '')],
    ['a negative length', lines(ok, 'content-length: -1', '', '')],
    ['a length that is no number', lines(ok, 'content-length: 0x10', '', '')],
    ['a length and chunks', lines(ok, 'content-length: 1', 'transfer-encoding: chunked', '', '')],
    ['an unknown coding', lines(ok, 'transfer-encoding: gzip, chunked', '', '')],
    ['a folded header', lines(ok, 'x: 1', ' 2', '', '')],
    ['a header without a colon', lines(ok, 'x', '', '')],
    ['a blank before the colon', lines(ok, 'x : 1', '', '')],
    ['a chunk size that is no number', lines(ok, 'transfer-encoding: chunked', '', 'z', '')],
    ['a negative chunk size', lines(ok, 'transfer-encoding: chunked', '', '-1', '')],
    ['a chunk longer than it says', lines(ok, 'transfer-encoding: chunked', '', '1', 'ab', '')],
    ['more than was asked for', lines(ok, 'content-length: 1', '', 'ab')],
    ['a head without end', `${ok}\r\nx: ${'y'.repeat(70_000)}`],
  ])('%s', (_what, answer) => {
    expect(() => parse(answer)).toThrow(AnswerSyntaxError)
    expect(() => parse(answer, { step: 5 })).toThrow(AnswerSyntaxError)
  })

  test('two equal lengths are one', () => {
    const answer = lines(ok, 'content-length: 1', 'content-length: 1', '', 'a')
    expect(parse(answer)).toMatchObject({ body: 'a', isComplete: true })
  })
})
