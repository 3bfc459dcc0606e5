// An HTTP endpoint that passes what it receives on to OSS, without a file in between and in bounded
// memory. A client whose connection broke sends the same request again: what OSS has confirmed
// is compared while it passes, and not sent to OSS a second time.
//
//   OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou node http-endpoint.mjs
//   curl -T large.file http://127.0.0.1:8080/large.file

import { createServer } from 'node:http'
import { Bucket, isOssupError, resumableUpload } from 'ossup'

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT, PORT = '8080' } = process.env
const bucket = new Bucket({ name: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT })

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    response.end(`${JSON.stringify(body)}\n`)
  }
  if (request.method !== 'PUT') return answer(405, { error: 'PUT only' })
  const length = Number(request.headers['content-length'])
  try {
    const key = `received/${decodeURIComponent(request.url.slice(1))}`
    const done = await resumableUpload(bucket, key, request, {
      // A client that dies in the middle must not look like one that has finished.
      ...(Number.isSafeInteger(length) && { expectedSize: length }),
      contentType: request.headers['content-type'] ?? 'application/octet-stream',
    })
    answer(201, { key, size: done.size, crc64: done.crc64, resumed: done.resumed.bytes })
  } catch (error) {
    if (!isOssupError(error)) return answer(500, { error: 'the upload failed' })
    // The same key is being uploaded by another request, or by another process with this checkpoint folder.
    const status = error.code === 'UPLOAD_BUSY' ? 409 : error.name === 'OptionError' ? 400 : 502
    answer(status, { error: error.code, again: error.resumable })
  }
})

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`)
})
process.once('SIGTERM', () => server.close())
