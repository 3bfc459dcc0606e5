// Answers that OSS did not give, or not like that.

import { NetworkError } from '../../src/errors.ts'
import type { ServerResponse } from '../../src/server/http/http.ts'
import type { NetworkFault, Operation } from './plan.ts'
import type { Dice } from './random.ts'

const encoder = new TextEncoder()

/** A server's or a proxy's failure; with `throttled` OSS asks for a pause. */
export function failure(fault: NetworkFault | undefined, dice: Dice): ServerResponse {
  if (fault === 'throttled') {
    const code = dice.pick([
      'ServiceUnavailable',
      'UploadTrafficRateLimitExceeded',
      'CpuLimitExceeded',
    ])
    const delay = String(dice.whole(10, 5000))
    return { status: 503, headers: { 'x-oss-qos-delay-time': delay }, body: errorDocument(code) }
  }
  const status = dice.pick([500, 502, 503, 504])
  const body = dice.chance(0.5)
    ? errorDocument('InternalError')
    : encoder.encode('<html>Oops</html>')
  return { status, headers: {}, body }
}

/** Something on the way, or a bug, has spoilt the answer. */
export function damaged(answer: ServerResponse, dice: Dice, operation: Operation): ServerResponse {
  const body = answer.body instanceof Uint8Array ? answer.body : new Uint8Array()
  // A wrong answer to HEAD looks the same as another object.
  const kinds = ['portal', 'headless', 'half', operation === 'HeadObject' ? 'half' : 'crc']
  switch (dice.pick(kinds)) {
    case 'portal':
      return { status: 200, headers: {}, body: encoder.encode('<html>Please log in</html>') }
    case 'headless':
      return { ...answer, headers: {} }
    case 'crc':
      return { ...answer, headers: { ...answer.headers, 'x-oss-hash-crc64ecma': '12345' } }
    default:
      return { ...answer, body: body.slice(0, dice.whole(0, body.length)) }
  }
}

/** ListParts as it was some parts ago. */
export function staleList(answer: ServerResponse, dice: Dice): ServerResponse {
  if (answer.status !== 200 || !(answer.body instanceof Uint8Array)) return answer
  const share = dice.next()
  const whole = new TextDecoder().decode(answer.body)
  // The marker of the next page is the last part of this page.
  const kept = whole.includes('<IsTruncated>true') ? whole.lastIndexOf('<Part>') : -1
  const text = whole.replaceAll(/<Part>.*?<\/Part>/gs, (part, position) =>
    position !== kept && dice.chance(share) ? '' : part,
  )
  const body = encoder.encode(text)
  const headers = { ...answer.headers, 'content-length': String(body.length) }
  return { ...answer, headers, body }
}

/** A body that breaks off. */
export async function* cutShort(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes.slice(0, bytes.length >> 1)
  throw new NetworkError('CONNECTION_LOST', 'the connection broke', { sent: 'maybe' })
}

function errorDocument(code: string): Uint8Array {
  return encoder.encode(`<Error><Code>${code}</Code><Message>no</Message></Error>`)
}
