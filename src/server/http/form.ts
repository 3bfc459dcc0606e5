// Parses the body of a form upload (multipart/form-data): small fields first, then one file, which is streamed.

import { OssFault } from './errors.ts'

/** Maximum size of a field's value, bytes. A policy, a token or a callback may be longer. */
const valueSizeMax = 4 * 1024
const longValueSizeMax = 64 * 1024
const longNames = /^(policy|callback|x-oss-security-token)$/
const headSizeMax = 8 * 1024

export interface Form {
  /** Fields by name in lower case. */
  readonly fields: ReadonlyMap<string, string>
  readonly fileName: string
  readonly fileType: string | undefined
  readonly file: AsyncIterable<Uint8Array>
}

/**
 * Reads the fields of a form up to its file.
 * @throws {OssFault} RequestIsNotMultiPartContent, MalformedPOSTRequest, FieldItemTooLong, ...
 */
export async function readForm(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
): Promise<Form> {
  const boundary = /^multipart\/form-data\s*;.*\bboundary="?([^";]{1,200})"?/i.exec(
    contentType ?? '',
  )?.[1]
  if (boundary === undefined) throw new OssFault('RequestIsNotMultiPartContent')
  const reader = new FormReader(body, `\r\n--${boundary}`)
  await reader.value(headSizeMax)
  const fields = new Map<string, string>()
  for (;;) {
    const part = await reader.head()
    if (part === undefined) throw new OssFault('IncorrectNumberOfFilesInPOSTRequest')
    const { name, fileName, type } = part
    if (name === 'file') {
      return { fields, fileName, fileType: type, file: reader.rest() }
    }
    if (fields.has(name)) throw new OssFault('MalformedPOSTRequest')
    fields.set(name, await reader.value(longNames.test(name) ? longValueSizeMax : valueSizeMax))
  }
}

class FormReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #delimiter: Buffer
  /** The first boundary has no line break before it, so this adds one. */
  #pending: Buffer = Buffer.from('\r\n')

  constructor(body: AsyncIterable<Uint8Array>, delimiter: string) {
    this.#chunks = body[Symbol.asyncIterator]()
    this.#delimiter = Buffer.from(delimiter)
  }

  /** Returns everything up to the next boundary. */
  async value(sizeMax: number): Promise<string> {
    const bytes = await this.#until(this.#delimiter, sizeMax)
    return bytes.toString()
  }

  /** Returns the head of the next part; `undefined` after the last part. */
  async head() {
    const start = await this.#take(2)
    if (start === '--') return undefined
    if (start !== '\r\n') throw new OssFault('MalformedPOSTRequest')
    const text = (await this.#until(Buffer.from('\r\n\r\n'), headSizeMax)).toString()
    const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(text)?.[1] ?? ''
    const name = parameter(disposition, 'name')?.toLowerCase()
    if (name === undefined) throw new OssFault('MalformedPOSTRequest')
    const type = /^content-type:\s*(.+?)\s*$/im.exec(text)?.[1]
    return { name, fileName: parameter(disposition, 'filename') ?? '', type }
  }

  /** Yields the bytes of the file, up to the boundary that ends it. Fields after the file are ignored. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const at = this.#pending.indexOf(this.#delimiter)
      if (at >= 0) {
        if (at > 0) yield this.#pending.subarray(0, at)
        return
      }
      // The last bytes may be the start of a boundary.
      const safe = this.#pending.length - this.#delimiter.length + 1
      if (safe > 0) {
        yield this.#pending.subarray(0, safe)
        this.#pending = this.#pending.subarray(safe)
      }
      await this.#more()
    }
  }

  async #until(mark: Buffer, sizeMax: number): Promise<Buffer> {
    for (;;) {
      const at = this.#pending.indexOf(mark)
      if (at > sizeMax || (at < 0 && this.#pending.length > sizeMax + mark.length)) {
        throw new OssFault('FieldItemTooLong')
      }
      if (at >= 0) {
        const bytes = this.#pending.subarray(0, at)
        this.#pending = this.#pending.subarray(at + mark.length)
        return bytes
      }
      await this.#more()
    }
  }

  async #take(size: number): Promise<string> {
    while (this.#pending.length < size) await this.#more()
    const text = this.#pending.toString('latin1', 0, size)
    this.#pending = this.#pending.subarray(size)
    return text
  }

  async #more(): Promise<void> {
    const step = await this.#chunks.next()
    if (step.done) throw new OssFault('MalformedPOSTRequest')
    this.#pending = Buffer.concat([this.#pending, step.value])
  }
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(
    disposition,
  )
  return found?.[1]?.replace(/\\(["\\])/g, '$1') ?? found?.[2]
}
