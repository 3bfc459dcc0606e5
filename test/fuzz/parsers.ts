// Bytes from the network are parsed, or refused with the intended error.

import { AnswerParser, AnswerSyntaxError } from '../../src/runtimes/node/http/answer-parser.ts'
import { parseXml, XmlError } from '../../src/xml/parse.ts'
import { between, seeded } from '../unit/support/random.ts'
import { fail } from './judge.ts'
import { mutateBytes, noise, pick } from './mutate.ts'

const heads = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "x"\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n',
  'HTTP/1.0 503 Busy\r\nConnection: close\r\n\r\nuntil the end',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
]

const documents = [
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchUpload</Code><Message>&lt;no&gt; &#x1;</Message></Error>',
  '<ListPartsResult xmlns="http://x"><a:B xmlns:a="y">1</a:B><Part><PartNumber>1</PartNumber><ETag>&quot;A&quot;</ETag></Part></ListPartsResult>',
  `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;<![CDATA[<x>]]><!-- y --></a>`,
]

export async function fuzzParsers(seed: number): Promise<void> {
  const random = seeded(seed)
  for (let round = 0; round < 40; round++) {
    const isNoise = random.next() < 0.1
    const of = (texts: readonly string[]) =>
      isNoise
        ? noise(random, between(random, 0, 500))
        : mutateBytes(random, Buffer.from(pick(random, texts)))
    parseAnswer(of(heads), between(random, 1, 50))
    parseDocument(of(documents))
  }
}

function parseAnswer(bytes: Uint8Array, step: number): void {
  let completed = 0
  const parser = new AnswerParser('PUT', {
    onHead: ({ status }) => {
      if (!Number.isInteger(status) || status < 100 || status > 999) fail(`status ${status}`)
    },
    onBody: () => {
      if (completed > 0) fail('a body after the end')
    },
    onComplete: () => {
      completed++
    },
  })
  try {
    for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step))
    parser.end()
  } catch (error) {
    if (!(error instanceof AnswerSyntaxError)) throw error
  }
  if (completed > 1) fail('one answer came to its end twice')
}

function parseDocument(bytes: Uint8Array): void {
  try {
    parseXml(new TextDecoder().decode(bytes))
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
  }
}
