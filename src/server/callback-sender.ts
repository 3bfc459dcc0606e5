import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { CallbackRefused, type CallbackRequest } from './request/callback-request.ts'

const timeoutMs = 5000
const answerSizeMax = 1024 * 1024
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * Posts a callback once. Unlike OSS's callbacks, it is not signed, because this server has no key that applications
 * know.
 * @throws {Error} for a host other than loopback unless allowed, and for anything but 200 with JSON
 */
export function postCallback(
  { url, host, contentType, body }: CallbackRequest,
  { anyHost }: { readonly anyHost: boolean },
): Promise<string> {
  const target = new URL(url)
  if (!anyHost && !loopback.test(target.hostname)) {
    return Promise.reject(new Error(`callbacks go to loopback only, not to ${target.hostname}`))
  }
  const request = target.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      ...(host === undefined ? {} : { host }),
    }
    const outgoing = request(
      target,
      { method: 'POST', headers, signal: AbortSignal.timeout(timeoutMs) },
      answer => {
        const chunks: Buffer[] = []
        let size = 0
        answer.on('error', reject)
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > answerSizeMax) answer.destroy(new Error('the answer is over 1 MB'))
          else chunks.push(chunk)
        })
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (answer.statusCode !== 200) reject(new CallbackRefused(answer.statusCode ?? 0))
          else if (isJson(text)) resolve(text)
          else reject(new Error('the callback was answered with something else than JSON'))
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
