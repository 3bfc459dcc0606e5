// Parses HTTP/1.1 answers strictly. Ambiguous answers are refused, because with a wrong boundary one request would
// get the answer to another.

export interface AnswerHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** True if the connection can be used again after this answer. */
  readonly isLasting: boolean
  /** True if a body follows, so `onComplete` is not called at once. */
  readonly hasBody: boolean
}

export interface AnswerSink {
  onHead(head: AnswerHead): void
  onBody(chunk: Uint8Array): void
  onComplete(): void
}

/** An answer that violates HTTP. */
export class AnswerSyntaxError extends Error {
  readonly hint: string

  constructor(message: string, hint = 'A proxy may be changing answers on the way') {
    super(message)
    this.hint = hint
  }
}

/** The most interim answers, such as 100 Continue, before the final one. OSS sends at most one. */
const interimMax = 20

const nothing = Buffer.alloc(0)
const headMax = 64 * 1024
const lineMax = 4 * 1024

type State =
  | 'head'
  | 'length'
  | 'until-close'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailer'
  | 'done'

export class AnswerParser {
  readonly #method: string
  readonly #sink: AnswerSink
  #state: State = 'head'
  /** The bytes so far of a head or a line that arrived in several chunks. */
  #partial: Buffer = nothing
  /** The remaining bytes of the body or chunk. */
  #left = 0
  #interim = 0

  constructor(method: string, sink: AnswerSink) {
    this.#method = method
    this.#sink = sink
  }

  /** True if no byte of an answer has arrived. */
  get isUntouched(): boolean {
    return this.#state === 'head' && this.#partial.length === 0
  }

  /** @throws {AnswerSyntaxError} */
  push(chunk: Uint8Array): void {
    let rest = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    while (rest.length > 0) rest = this.#step(rest)
  }

  /** Handles the end of the connection. True if the answer is complete with it. */
  end(): boolean {
    if (this.#state === 'until-close') this.#complete()
    return this.#state === 'done'
  }

  #step(bytes: Buffer): Buffer<ArrayBuffer> | Buffer {
    switch (this.#state) {
      case 'head':
        return this.#until(bytes, '\r\n\r\n', headMax, text => this.#head(text))
      case 'chunk-size':
        return this.#until(bytes, '\r\n', lineMax, line => this.#chunkSize(line))
      case 'chunk-end':
        return this.#until(bytes, '\r\n', lineMax, line => {
          if (line !== '') throw new AnswerSyntaxError('a chunk is longer than it says')
          this.#state = 'chunk-size'
        })
      case 'trailer':
        return this.#until(bytes, '\r\n', headMax, line => {
          if (line === '') this.#complete()
        })
      case 'length':
      case 'chunk': {
        const taken = bytes.subarray(0, this.#left)
        this.#left -= taken.length
        this.#sink.onBody(taken)
        if (this.#left === 0) {
          if (this.#state === 'length') this.#complete()
          else this.#state = 'chunk-end'
        }
        return bytes.subarray(taken.length)
      }
      case 'until-close':
        this.#sink.onBody(bytes)
        return bytes.subarray(bytes.length)
      case 'done':
        throw new AnswerSyntaxError('more came than was asked for')
    }
  }

  /** Collects bytes up to the mark, passes the text before the mark to `take`, and returns the bytes after it. */
  #until(bytes: Buffer, mark: string, max: number, take: (text: string) => void): Buffer {
    const whole = this.#partial.length === 0 ? bytes : Buffer.concat([this.#partial, bytes])
    const at = whole.indexOf(mark, Math.max(0, this.#partial.length - mark.length), 'latin1')
    if (at > max || (at < 0 && whole.length > max)) throw new AnswerSyntaxError('it is too long')
    if (at < 0) {
      // A server that speaks another protocol may never send the mark.
      if (this.#state === 'head') {
        checkStart(whole)
        if (whole.includes('\n\n')) throw new AnswerSyntaxError('its lines end in bare line feeds')
      }
      this.#partial = Buffer.from(whole)
      return bytes.subarray(bytes.length)
    }
    this.#partial = nothing
    take(whole.toString('latin1', 0, at))
    return whole.subarray(at + mark.length)
  }

  #head(text: string): void {
    if (!statusPattern.test(text)) throw new AnswerSyntaxError('it does not begin as HTTP does')
    const status = Number(text.slice(9, 12))
    const headers = parseHeaders(text)
    if (status === 101) throw new AnswerSyntaxError('it changes to another protocol')
    // 100 Continue and similar: the final answer still follows.
    if (status < 200) {
      this.#interim++
      if (this.#interim > interimMax) throw new AnswerSyntaxError('the answer proper does not come')
      return
    }
    const connection = (headers.connection ?? '').toLowerCase()
    let isLasting =
      text[7] === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
    this.#state = this.#framing(status, headers)
    if (this.#state === 'until-close') isLasting = false
    const hasBody = this.#state !== 'done'
    this.#sink.onHead({ status, headers, isLasting, hasBody })
    if (!hasBody) this.#sink.onComplete()
  }

  #framing(status: number, headers: Readonly<Record<string, string>>): State {
    if (this.#method === 'HEAD' || status === 204 || status === 304) return 'done'
    const { 'transfer-encoding': coding, 'content-length': length } = headers
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked' || length !== undefined) {
        throw new AnswerSyntaxError('the length of its body is ambiguous')
      }
      return 'chunk-size'
    }
    if (length === undefined) return 'until-close'
    if (!/^\d{1,15}$/.test(length)) throw new AnswerSyntaxError('its Content-Length is no number')
    this.#left = Number(length)
    return this.#left === 0 ? 'done' : 'length'
  }

  #chunkSize(line: string): void {
    const match = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)
    if (match === null) throw new AnswerSyntaxError('the size of a chunk is no number')
    this.#left = Number.parseInt(match[1]!, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'chunk'
  }

  #complete(): void {
    this.#state = 'done'
    this.#sink.onComplete()
  }
}

function checkStart(bytes: Buffer): void {
  // A TLS server answers plain HTTP with this alert.
  if (bytes[0] === 0x15 && (bytes.length < 2 || bytes[1] === 0x03)) {
    throw new AnswerSyntaxError('it is TLS, not HTTP', 'Write https:// in the endpoint')
  }
  const start = bytes.toString('latin1', 0, 5)
  if (!'HTTP/'.startsWith(start)) throw new AnswerSyntaxError('it does not begin as HTTP does')
}

const statusPattern = /^HTTP\/1\.[01] \d{3}(?: |\r\n|$)/
const linesPattern = /^[^\r\n]*(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n]*)*$/

/**
 * Parses the headers from the lines after the first. One test covers all lines, then they are split by hand,
 * because matches with groups are slower.
 */
function parseHeaders(text: string): Record<string, string> {
  if (!linesPattern.test(text)) throw new AnswerSyntaxError('a header is none')
  const isAscii = !/[\x80-\xff]/.test(text)
  const headers = new HeaderTable()
  for (let end = text.indexOf('\r\n'), place = 0; end >= 0; place++) {
    const start = end + 2
    end = text.indexOf('\r\n', start)
    const colon = text.indexOf(':', start)
    const name = nameAt(text, start, colon, place)
    const bytes = withoutBlanks(text, colon + 1, end < 0 ? text.length : end)
    const value = isAscii ? bytes : decodeValue(bytes)
    const earlier = headers[name]
    // Two equal lengths count as one. Two different ones are joined and rejected later as not a number.
    if (name === 'content-length' && earlier === value) continue
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`
  }
  return headers
}

/**
 * Headers by name. The table inherits nothing, because servers may send any name, even `constructor`. Unlike
 * objects from `Object.create(null)`, tables with the same headers share a hidden class in V8, which is
 * faster.
 */
class HeaderTable {
  [name: string]: string
}
Reflect.deleteProperty(HeaderTable.prototype, 'constructor')
Object.setPrototypeOf(HeaderTable.prototype, null)

/**
 * Header names by their position in earlier answers, because most answers have the same names in the same
 * order.
 */
const lastNames: { readonly spelled: string; readonly name: string }[] = []
const placesMax = 32

function nameAt(text: string, start: number, colon: number, place: number): string {
  const last = lastNames[place]
  if (last?.spelled.length === colon - start && text.startsWith(last.spelled, start)) {
    return last.name
  }
  const spelled = text.slice(start, colon)
  const name = spelled.toLowerCase()
  if (place < placesMax) lastNames[place] = { spelled, name }
  return name
}

/** Removes spaces and tabs. `trim` would also remove other characters, which belong to the value. */
function withoutBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** Throws for invalid UTF-8, because U+FFFD may be part of a value. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** OSS returns metadata as the bytes that the client sent, which were UTF-8. */
function decodeValue(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1
  try {
    return utf8.decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return latin1
  }
}
