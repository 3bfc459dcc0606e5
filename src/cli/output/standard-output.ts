// Watches standard output. It is no failure if the reader closes it early, as `head` does. It is a failure if bytes
// are lost, as on a full disk.

import { fstatSync } from 'node:fs'
import { isError, messageOf } from '../../foreign/error.ts'
import { writeWholeSync } from '../../runtimes/node/platform/write-whole.ts'
import type { Output } from './screen.ts'

export interface OutputStream extends Output {
  /** The file descriptor of the stream, if it has one. */
  readonly fd?: number
  on(event: 'error', listener: (error: Error) => void): unknown
}

export class StandardOutput implements Output {
  readonly #stream: OutputStream
  /** The file descriptor, if standard output leads to a file. */
  readonly #file: number | undefined
  #failure: Error | undefined

  constructor(stream: OutputStream) {
    this.#stream = stream
    this.#file = fileOf(stream)
    stream.on('error', error => {
      this.#failure ??= error
    })
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true
  }

  get columns(): number | undefined {
    return this.#stream.columns
  }

  /** True once the reader has closed standard output or bytes are lost. */
  get isUnheard(): boolean {
    return this.#failure !== undefined
  }

  write(data: string | Uint8Array, done: (error?: Error | null) => void = () => {}): boolean {
    // Only the first error tells the reason. Later errors say that the stream is closed.
    if (this.#file === undefined)
      return this.#stream.write(data, error => done(error && this.#first(error)))
    try {
      if (this.#failure === undefined) writeWholeSync(this.#file, data)
    } catch (error) {
      this.#first(isError(error) ? error : new Error(messageOf(error)))
    }
    done(this.#failure)
    return true
  }

  /**
   * Waits until all output has left this process.
   * @throws {TargetError} `OUTPUT_UNWRITABLE` if some of it is lost
   */
  async flush(): Promise<void> {
    await new Promise<void>(resolve => this.write('', () => resolve()))
    const failure = this.#failure as NodeJS.ErrnoException | undefined
    if (failure === undefined || failure.code === 'EPIPE') return
    const { TargetError } = await import('../../runtimes/node/index.ts')
    throw new TargetError(
      'OUTPUT_UNWRITABLE',
      `Standard output cannot be written (${failure.code ?? failure.message}); what was written there is not whole`,
      { hint: 'Make room, or redirect it elsewhere, and run it again', cause: failure },
    )
  }

  #first(error: Error): Error {
    this.#failure ??= error
    return this.#failure
  }
}

function fileOf({ fd }: OutputStream): number | undefined {
  try {
    return fd !== undefined && fstatSync(fd).isFile() ? fd : undefined
  } catch {
    return undefined
  }
}
