// Answers with anything in them, and clocks that say anything: an upload that is lied to for a while stores
// the right object or fails with one of our errors, and comes to its end once the lies are over.

import type { HttpResponse, Random } from '../../src/ports.ts'
import { between, seeded } from '../unit/support/random.ts'
import { key, partSize, uploadBench } from '../unit/support/upload-bench.ts'
import { endOf, expectEqual, fail } from './judge.ts'
import { mutateBytes, pick, strangeText } from './mutate.ts'

/** Runs that may be needed once nothing lies any more. */
const calmRunsMax = 4

export async function fuzzAnswers(seed: number): Promise<void> {
  const random = seeded(seed)
  const bench = uploadBench({ seed, size: between(random, 1, 5) * partSize + 17 })
  const rate = random.next() * 0.5
  const jumps = random.next() < 0.4
  bench.oss.intercept = async (_, pass) => {
    if (jumps && random.next() < 0.2) bench.clock.shiftWall(jumpMs(random))
    const answer = await pass()
    return random.next() < rate ? mutatedAnswer(random, answer) : answer
  }
  const options = { attempts: 3, concurrency: pick(random, [1, 3, 'auto'] as const) }
  for (let run = between(random, 1, 2); run > 0; run--) {
    const end = await endOf(bench.run(options))
    if (end.kind === 'stored') expectEqual(await bench.oss.object(key), bench.source.bytes)
  }
  bench.oss.intercept = (_, pass) => pass()
  for (let run = 1; run <= calmRunsMax; run++) {
    const end = await endOf(bench.run())
    if (end.kind === 'failed') continue
    expectEqual(await bench.oss.object(key), bench.source.bytes)
    return
  }
  fail(`${calmRunsMax} runs without lies did not store the object`)
}

/** Up to thirty years, either way. */
function jumpMs(random: Random): number {
  return Math.round(10 ** between(random, 3, 12) * (random.next() < 0.5 ? -1 : 1))
}

const names = [
  'date',
  'etag',
  'x-oss-hash-crc64ecma',
  'x-oss-qos-delay-time',
  'retry-after',
  'x-oss-request-id',
  'last-modified',
  'content-length',
  'content-type',
  'x-oss-ec',
  'x-oss-err',
  'x-oss-server-time',
]

async function mutatedAnswer(random: Random, answer: HttpResponse): Promise<HttpResponse> {
  const { status, headers, body } = answer
  switch (pick(random, ['body', 'body', 'element', 'header', 'header', 'bare', 'status'])) {
    case 'body':
      return { status, headers, body: once(mutateBytes(random, await whole(body))) }
    case 'element': {
      const text = new TextDecoder().decode(await whole(body))
      const elements = [...text.matchAll(/<(\w+)>([^<]*)<\/\1>/g)]
      const [found = '', name = ''] = elements.length > 0 ? pick(random, elements) : []
      const other = `<${name}>${strangeText(random).replaceAll(/[<&\0]/g, '')}</${name}>`
      return { status, headers, body: once(new TextEncoder().encode(text.replace(found, other))) }
    }
    case 'header':
      return { status, headers: { ...headers, [pick(random, names)]: strangeText(random) }, body }
    case 'bare':
      return { status, headers: {}, body }
    default:
      return {
        status: pick(random, [200, 203, 204, 299, 301, 400, 403, 404, 409, 500, 503]),
        headers,
        body,
      }
  }
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
