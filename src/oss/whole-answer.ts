// Reads the body of an answer into one buffer, up to a limit.

import type { HttpResponse } from '../ports.ts'
import { type Answer, type AnswerHead, badAnswer } from './answer.ts'
import { decodeBody } from './decode-body.ts'
import { serviceError } from './service-error.ts'

/** The limit. A page of 1,000 keys of 1,023 encoded bytes has about 4 MB. */
const answerSizeMax = 16 * 1024 ** 2

/** An answer whose body has not been read. */
export interface OpenAnswer extends AnswerHead {
  readonly body: HttpResponse['body']
}

/** Decodes the body: a proxy may compress it although the request did not ask for it. The encoding of an object stays. */
export async function readDecoded(answer: OpenAnswer): Promise<Uint8Array> {
  const bytes = await readBody(answer)
  try {
    return await decodeBody(bytes, answer.headers['content-encoding'], answerSizeMax)
  } catch (cause) {
    throw badAnswer(answer, 'its body cannot be decoded', cause)
  }
}

/** Finds an error document after a success: OSS may send the status before it knows the result. */
export function throwIfError(answer: Answer, conceal: (text: string) => string): void {
  // A list may be long, so it is not parsed twice.
  if (!/<Error[\s>]/.test(new TextDecoder().decode(answer.body.subarray(0, 512)))) return
  const error = serviceError(answer, answer.context(), conceal)
  if (error.code !== 'BadErrorResponse') throw error
}

async function readBody(answer: OpenAnswer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > answerSizeMax) throw badAnswer(answer, `it is longer than ${answerSizeMax} bytes`)
    chunks.push(chunk)
  }
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0]
  const whole = new Uint8Array(size)
  let position = 0
  for (const chunk of chunks) {
    whole.set(chunk, position)
    position += chunk.length
  }
  return whole
}
