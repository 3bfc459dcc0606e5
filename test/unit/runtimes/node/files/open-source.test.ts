// Sources as other code hands them over: of other realms and packages, used, broken, or not bytes at all.
// Each gives its bytes or an error that says why not, and none stays open after a failure.

import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { createContext, runInContext } from 'node:vm'
import { afterAll, describe, expect, test } from 'vitest'
import { CredentialsError, SourceError } from '../../../../../src/errors.ts'
import {
  openSource,
  sourceIdOf,
  type UploadSource,
} from '../../../../../src/runtimes/node/files/open-source.ts'
import { Bucket, resumableUpload, verifyObject } from '../../../../../src/runtimes/node/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'ossup-sources-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const samples = Int16Array.of(1, -2, 300, 32767)
const sampleBytes = '0100feff2c01ff7f'

/** For what TypeScript would not let through. */
const wrong = (value: unknown) => value as UploadSource

async function contentOf(given: UploadSource): Promise<string> {
  const source = await openSource(given)
  const buffer = new Uint8Array(7)
  const chunks: Uint8Array[] = []
  for (let position = 0; ; ) {
    const count = await source.read(buffer, position)
    if (count === 0) break
    chunks.push(buffer.slice(0, count))
    position += count
  }
  return Buffer.concat(chunks).toString('hex')
}

const refused = { name: 'OptionError', code: 'INVALID_SOURCE' }
const hex = (text: string) => Buffer.from(text).toString('hex')

const web = (...pieces: unknown[]) =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })

async function* generator(...pieces: unknown[]) {
  yield* pieces
}

const containers: [name: string, of: (...pieces: unknown[]) => UploadSource][] = [
  ['a stream of Node.js', (...pieces) => Readable.from(pieces)],
  ['a web stream', (...pieces) => wrong(web(...pieces))],
  ['a generator', (...pieces) => wrong(generator(...pieces))],
]

describe.each(containers)('the pieces of %s', (_, of) => {
  const floats = Float64Array.of(1.5)
  const views: [name: string, pieces: unknown[], content: string][] = [
    ['Int16Array', [samples], sampleBytes],
    ['a part of a Uint16Array', [new Uint16Array(samples.buffer, 2, 2)], 'feff2c01'],
    ['Float64Array', [floats], Buffer.from(floats.buffer).toString('hex')],
    ['DataView', [new DataView(samples.buffer, 1, 3)], '00feff'],
    ['ArrayBuffer', [samples.buffer], sampleBytes],
    ['Uint8ClampedArray', [Uint8ClampedArray.of(1, 2)], '0102'],
    ['bytes of another realm', [runInContext('new Uint8Array([7, 8])', createContext())], '0708'],
    ['strings and bytes in turn', ['ab', Uint8Array.of(9), 'c'], '616209' + '63'],
    ['a character in two halves', ['a\ud83d', '\ude00b'], hex('a😀b')],
    ['nothing', [], ''],
  ]
  test.each(views)('%s', async (_, pieces, content) => {
    expect(await contentOf(of(...pieces))).toBe(content)
  })

  const others: [name: string, piece: unknown][] = [
    ['a number', 5],
    ['an object', { size: 3 }],
    ['a list', [1, 2, 3]],
    ['true', true],
    ['a Blob', new Blob(['x'])],
    ['half of a pair', 'a\ud83d'],
    ['half of a pair inside', 'a\ude00b'],
  ]
  test.each(others)('%s is refused', async (_, piece) => {
    await expect(contentOf(of(piece))).rejects.toMatchObject(refused)
  })
})

test('null as a piece is refused', async () => {
  await expect(contentOf(wrong(generator(null)))).rejects.toMatchObject(refused)
  await expect(contentOf(wrong(web(undefined)))).rejects.toMatchObject(refused)
})

describe('bytes in memory', () => {
  const given: [name: string, source: unknown][] = [
    ['Int16Array', samples],
    ['ArrayBuffer', samples.buffer],
    ['DataView', new DataView(samples.buffer)],
    ['of another realm', runInContext('Int16Array.of(1, -2, 300, 32767)', createContext())],
  ]
  test.each(given)('%s', async (_, source) => {
    expect(await contentOf(wrong(source))).toBe(sampleBytes)
  })
})

describe('a stream that decodes', () => {
  const bytes = Buffer.from([0xff, 0x00, 0xe4, 0xf6, 0x0d, 0x80, 0x41])
  const decoded = (encoding: BufferEncoding, content = bytes) => {
    const stream = new PassThrough().setEncoding(encoding)
    stream.write(content.subarray(0, 3))
    stream.end(content.subarray(3))
    return stream
  }

  test.each(['latin1', 'hex', 'base64', 'base64url'] as const)(
    '%s gives its bytes back',
    async encoding => {
      expect(await contentOf(decoded(encoding))).toBe(bytes.toString('hex'))
    },
  )

  test('as UTF-8: text is stored, other bytes are refused', async () => {
    expect(await contentOf(decoded('utf8', Buffer.from('屏幕😀')))).toBe(hex('屏幕😀'))
    await expect(contentOf(decoded('utf8'))).rejects.toMatchObject(refused)
  })

  test.each(['ascii', 'utf16le'] as const)('as %s is refused', async encoding => {
    await expect(contentOf(decoded(encoding))).rejects.toMatchObject(refused)
  })
})

describe('a stream that was read before is refused', () => {
  const drained = async () => {
    const stream = Readable.from(['x'])
    for await (const _ of stream);
    return stream
  }
  const used: [name: string, make: () => Promise<unknown>][] = [
    ['whole', drained],
    [
      'whole, and it was empty',
      async () => {
        const stream = new PassThrough()
        stream.end()
        for await (const _ of stream);
        return stream
      },
    ],
    [
      'its first bytes',
      async () => {
        const stream = new PassThrough()
        stream.write('abc')
        stream.read(1)
        return stream
      },
    ],
    [
      'the first bytes of a web stream',
      async () => {
        const stream = web('abc', 'def')
        const reader = stream.getReader()
        await reader.read()
        reader.releaseLock()
        return stream
      },
    ],
    [
      'the body of a Response',
      async () => {
        const response = new Response('abc')
        await response.text()
        return response.body
      },
    ],
    [
      'a web stream that was cancelled',
      async () => {
        const stream = web('abc')
        await stream.cancel()
        return stream
      },
    ],
  ]
  test.each(used)('%s', async (_, make) => {
    const stream = await make()
    await expect(contentOf(wrong(stream))).rejects.toMatchObject(refused)
  })

  test('between the call and the first read', async () => {
    const stream = Readable.from(['x', 'y'])
    const source = await openSource(stream)
    for await (const _ of stream);
    await expect(source.read(new Uint8Array(1), 0)).rejects.toMatchObject(refused)
  })

  test('a Request or Response is no body', async () => {
    const hint = expect.stringContaining('body')
    for (const message of [new Response('x'), new Request('http://localhost/')]) {
      await expect(contentOf(wrong(message))).rejects.toMatchObject({ ...refused, hint })
    }
  })
})

interface OldStream {
  PassThrough: new () => PassThrough
}
const load = createRequire(import.meta.url)
const generations = ['readable-stream-2', 'readable-stream-3', 'readable-stream-4']

describe.each(generations)('a stream of %s', name => {
  const make = () => new (load(name) as OldStream).PassThrough()
  const fed = (content: string) => {
    const stream = make()
    stream.write(content.slice(0, 3))
    stream.end(content.slice(3))
    return stream
  }

  test('gives its bytes', async () => {
    expect(await contentOf(fed('hello'))).toBe(hex('hello'))
    expect(await contentOf(fed(''))).toBe('')
  })

  test('of many pieces', async () => {
    const stream = make()
    const reading = contentOf(stream)
    for (let piece = 0; piece < 100; piece++) stream.write(`${piece} `)
    stream.end()
    expect(await reading).toBe(hex(Array.from({ length: 100 }, (_, n) => `${n} `).join('')))
  })

  test('that decodes as latin1 gives its bytes', async () => {
    const stream = make()
    stream.setEncoding('latin1')
    stream.end(Buffer.from([0xe4, 0x80]))
    expect(await contentOf(stream)).toBe('e480')
  })

  test('is taken once', async () => {
    const stream = make()
    await openSource(stream)
    await expect(openSource(stream)).rejects.toMatchObject(refused)
  })

  test('that was read to its end is refused', async () => {
    const stream = fed('x')
    stream.resume()
    await new Promise(resolve => stream.once('end', resolve))
    await expect(contentOf(stream)).rejects.toMatchObject(refused)
  })

  test('that fails before it is read fails the reading', async () => {
    const stream = make()
    const source = await openSource(stream)
    stream.emit('error', new Error('the archive broke'))
    await expect(source.read(new Uint8Array(1), 0)).rejects.toThrow('the archive broke')
  })

  test('that fails while it is read fails the reading', async () => {
    const stream = make()
    const source = await openSource(stream)
    const reading = source.read(new Uint8Array(1), 0)
    stream.emit('error', new Error('the archive broke'))
    await expect(reading).rejects.toThrow('the archive broke')
  })

  test('that was destroyed is not an empty object', async () => {
    const stream = make()
    stream.destroy()
    await expect(contentOf(stream)).rejects.toThrow()
  })
})

describe('a failure closes the source', () => {
  const bucket = new Bucket({
    name: 'examplebucket',
    region: 'cn-hangzhou',
    credentials: async () => {
      throw new CredentialsError('CREDENTIALS_REFUSED', 'the vault is down')
    },
  })
  const endless = () => new PassThrough()
  const failing: [name: string, start: (source: UploadSource) => Promise<unknown>][] = [
    ['credentials', source => resumableUpload(bucket, 'k', source, { checkpoint: false })],
    ['the key', source => resumableUpload(bucket, '', source, { checkpoint: false })],
    ['an option', source => resumableUpload(bucket, 'k', source, { attempts: -1 })],
    [
      'an option with a wrong name',
      source => resumableUpload(bucket, 'k', source, JSON.parse('{"retries":1}')),
    ],
    [
      'a signal',
      source =>
        resumableUpload(bucket, 'k', source, { signal: AbortSignal.abort(new Error('no')) }),
    ],
    ['verifyObject', source => verifyObject(bucket, 'k', source)],
  ]

  test.each(failing)('%s: a stream of Node.js', async (_, start) => {
    const stream = endless()
    await expect(start(stream)).rejects.toThrow()
    expect(stream.destroyed).toBe(true)
  })

  test.each(failing)('%s: a web stream', async (_, start) => {
    let reason: unknown = 'not cancelled'
    const stream = new ReadableStream({
      cancel(given) {
        reason = given
      },
    })
    await expect(start(wrong(stream))).rejects.toThrow()
    expect(reason).toBe(undefined)
  })

  test.each(failing)('%s: a stream that fails before it is read', async (_, start) => {
    for (const stream of [endless(), load('readable-stream-2').PassThrough()]) {
      const upload = start(stream)
      stream.emit('error', new Error('too early'))
      await expect(upload).rejects.toThrow()
    }
  })

  const once = {
    'a generator': async function* () {
      for (let n = 0; n < 5; n++) yield Buffer.alloc(1000, n)
    },
    'a Node stream': () => Readable.from([Buffer.alloc(5000)]),
    'a web stream': () => new Blob([Buffer.alloc(5000)]).stream(),
  }

  test.each(Object.entries(once))(
    '%s for two calls at once: the first one has it',
    async (_, make) => {
      const source = wrong(make())
      const first = openSource(source)
      // The second call fails at different moments, and each time it closes what it holds.
      const others = [
        resumableUpload(bucket, 'k', source, { checkpoint: false }),
        resumableUpload(bucket, 'k', source, { partSize: 1 }),
      ]
      for (const other of others) await expect(other).rejects.toThrow()
      const opened = await first
      let size = 0
      for (const into = new Uint8Array(999); ; ) {
        const count = await opened.read(into, size)
        if (count === 0) break
        size += count
      }
      expect(size).toBe(5000)
    },
  )

  test('but not a stream that another upload reads', async () => {
    const stream = endless()
    await openSource(stream)
    const second = resumableUpload(bucket, 'k', stream, { checkpoint: false })
    await expect(second).rejects.toThrow()
    expect(stream.destroyed).toBe(false)
  })
})

describe('a Blob', () => {
  test('of a file that changed is a SourceError', async () => {
    const path = join(directory, 'blob')
    writeFileSync(path, 'before')
    const blob = await openAsBlob(path)
    writeFileSync(path, 'afterwards')
    const error: unknown = await contentOf(blob).catch(thrown => thrown)
    expect(error).toBeInstanceOf(SourceError)
    expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE' })
  })

  test('that gives fewer bytes than it has is a SourceError', async () => {
    const short = {
      size: 10,
      slice: () => ({ arrayBuffer: async () => new ArrayBuffer(3) }),
      arrayBuffer: async () => new ArrayBuffer(3),
    }
    await expect(contentOf(wrong(short))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
  })

  test('of another package is taken', async () => {
    const blob = new Blob(['hello world'])
    const other = {
      size: blob.size,
      slice: (start: number, end: number) => blob.slice(start, end),
      arrayBuffer: () => blob.arrayBuffer(),
    }
    expect(await contentOf(wrong(other))).toBe(hex('hello world'))
  })
})

describe('content in place of a path is not quoted', () => {
  const secret = 'hunter2'
  const contents: [name: string, source: unknown][] = [
    ['JSON', JSON.stringify({ password: secret })],
    ['a megabyte', JSON.stringify({ password: secret, pad: 'x'.repeat(1e6) })],
    ['lines', `user\n${secret}\n`],
    ['with a NUL', `\0${secret}`],
    ['a list', [secret]],
    ['an object whose string is content', { toString: () => secret }],
    [
      'an object that cannot be a string',
      {
        toString() {
          throw new Error(secret)
        },
      },
    ],
    ['an object without a prototype', Object.create(null)],
  ]
  test.each(contents)('%s', async (_, source) => {
    const error: unknown = await openSource(wrong(source)).catch(thrown => thrown)
    expect(error).toMatchObject({ code: expect.stringMatching(/^(INVALID_SOURCE|SOURCE_)/) })
    const { message } = error as Error
    expect(message.length).toBeLessThan(400)
    expect(message).not.toContain(secret)
    expect(message).toContain('TextEncoder')
  })

  test('a path is quoted, also with a line break in its name', async () => {
    const path = join(directory, 'missing file')
    await expect(openSource(path)).rejects.toThrow(path)
    const odd = join(directory, 'a\nb')
    writeFileSync(odd, 'x')
    expect(await contentOf(odd)).toBe('78')
  })
})

test('the id of a stream is known without reading it', async () => {
  const stream = new PassThrough()
  expect(await sourceIdOf(stream)).toBe('stream:')
  expect(stream.destroyed).toBe(false)
  await openSource(stream)
})
