import { expect, test } from 'vitest'
import { sendBody } from '../../../../../src/runtimes/node/http/send-body.ts'

const bufferSize = 512 * 1024

/** An outlet whose writes end when the test says so. */
function heldOutlet() {
  const outlet = {
    isOpen: true,
    written: [] as Uint8Array[],
    failures: [] as unknown[],
    release: [] as (() => void)[],
    write(bytes: Uint8Array) {
      outlet.written.push(bytes)
      return new Promise<void>(resolve => outlet.release.push(resolve))
    },
    fail(error: unknown) {
      outlet.isOpen = false
      outlet.failures.push(error)
    },
  }
  return outlet
}

const turn = () => new Promise(setImmediate)

test('one buffer is read into while the other is written, and never the same', async () => {
  const outlet = heldOutlet()
  const into: Uint8Array[] = []
  const body = {
    size: 4 * bufferSize,
    async read(buffer: Uint8Array) {
      into.push(buffer)
      return buffer.length
    },
  }
  const sending = sendBody(body, outlet)
  for (const [written, read] of [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 4],
  ]) {
    await turn()
    expect([outlet.written.length, into.length]).toEqual([written, read])
    outlet.release.at(-1)?.()
  }
  await sending
  const places = into.map(({ buffer, byteOffset }) => [buffer, byteOffset] as const)
  expect(places[0]).toEqual(places[2])
  expect(places[1]).toEqual(places[3])
  expect(places[0]).not.toEqual(places[1])
})

test('a failed read is reported at once although a write stalls; its buffer is kept until then', async () => {
  const outlet = heldOutlet()
  const failure = new Error('disk gone')
  let reads = 0
  let isOver = false
  const body = {
    size: 4 * bufferSize,
    async read(buffer: Uint8Array) {
      reads += 1
      if (reads === 2) throw failure
      return buffer.length
    },
  }
  const sending = sendBody(body, outlet).then(() => {
    isOver = true
  })
  await turn()
  expect(outlet.failures).toEqual([failure])
  await turn()
  expect(isOver).toBe(false)
  outlet.release[0]?.()
  await sending
})

test('once the request is over nothing more is read or written', async () => {
  const outlet = heldOutlet()
  let reads = 0
  const body = {
    size: 4 * bufferSize,
    async read(buffer: Uint8Array) {
      reads += 1
      return buffer.length
    },
  }
  const sending = sendBody(body, outlet)
  await turn()
  outlet.isOpen = false
  outlet.release[0]?.()
  await sending
  expect([reads, outlet.written.length]).toEqual([2, 1])
})
