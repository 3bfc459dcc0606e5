// A server that keeps the secret and signs for others: the other half of remote-signer.mjs. A signature for
// any request is as good as the secret, so it looks at each request before it signs. Put it behind
// your way to identify users; this example uses a word in a header instead.
//
//   OSS_ACCESS_KEY_ID=... OSS_ACCESS_KEY_SECRET=... OSS_REGION=cn-hangzhou OSS_BUCKET=examplebucket \
//     SIGNER_PASSWORD=... node signing-server.mjs

import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { credentialsSigner, fromEnv } from 'ossup'

const { OSS_BUCKET, OSS_REGION, SIGNER_PASSWORD, PORT = '8081' } = process.env
const signer = credentialsSigner({ credentials: fromEnv(), region: OSS_REGION })

/** What an upload of a user needs, and no more: below its own prefix, nothing that others can read. */
function isAllowed({ method, bucket, key = '', query, headers, at }) {
  const { uploadId, partNumber, uploads } = query
  const isUpload =
    (method === 'PUT' && (partNumber !== undefined) === (uploadId !== undefined)) ||
    (method === 'POST' && (uploads !== undefined || uploadId !== undefined)) ||
    (uploadId !== undefined && (method === 'GET' || method === 'DELETE')) ||
    method === 'HEAD'
  const names = new Set([
    'uploads',
    'uploadId',
    'partNumber',
    'encoding-type',
    'part-number-marker',
  ])
  const isPlain =
    Object.keys(query).every(name => names.has(name)) &&
    !Object.keys(headers).some(name => /^x-oss-(?:acl|object-acl|callback|copy-source)/i.test(name))
  // A signature for later is one that cannot be called back.
  const isNow = Math.abs(at - Date.now()) < 15 * 60_000
  return bucket === OSS_BUCKET && key.startsWith('users/ada/') && isUpload && isPlain && isNow
}

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  try {
    if (request.headers.authorization !== `Bearer ${SIGNER_PASSWORD}`) return answer(401, {})
    const toSign = await json(request)
    if (!isAllowed(toSign)) return answer(403, {})
    answer(200, await signer.sign(toSign))
  } catch {
    answer(500, {})
  }
})
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`)
})
process.once('SIGTERM', () => server.close())
