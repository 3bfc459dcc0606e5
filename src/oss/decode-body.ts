// Decodes bodies that a proxy compressed, although the request did not ask for it.

/**
 * The bytes of a body without its `Content-Encoding`, at most `max` of them.
 * Rejects if they cannot be decoded, or are more.
 */
export async function decodeBody(
  body: Uint8Array,
  encoding: string | undefined,
  max: number,
): Promise<Uint8Array> {
  const format = formatOf(encoding)
  if (format === undefined || body.length === 0) return body
  const decoded = new Blob([new Uint8Array(body)])
    .stream()
    .pipeThrough(new DecompressionStream(format))
  const reader = decoded.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > max) {
      reader.cancel().catch(() => {})
      throw new Error(`The decoded body is longer than ${max} bytes`)
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(size)
  let position = 0
  for (const chunk of chunks) {
    whole.set(chunk, position)
    position += chunk.length
  }
  return whole
}

function formatOf(encoding = ''): 'gzip' | 'deflate' | undefined {
  switch (encoding.toLowerCase().trim()) {
    case 'gzip':
    case 'x-gzip':
      return 'gzip'
    case 'deflate':
      return 'deflate'
    default:
      return undefined
  }
}
