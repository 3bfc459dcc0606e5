// What every environment does: uploads a file, a stream and bytes to a local OSS, downloads the file, and meets
// an error of the file system. CommonJS, so that `import` and `require` both load it.

const { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** @param library what `ossup` exports, @param server what `ossup/server` exports */
exports.use = async (library, server) => {
  const { Bucket, downloadObject, isOssupError, listCheckpoints, resumableUpload } = library
  const folder = mkdtempSync(join(tmpdir(), 'ossup-environment-'))
  const oss = await server.serve({ buckets: ['examplebucket'] })
  try {
    const { endpoint, region, key: credentials } = oss
    const bucket = new Bucket({ name: 'examplebucket', region, endpoint, credentials })
    const [file, copy] = [join(folder, 'file.bin'), join(folder, 'copy.bin')]
    const content = Buffer.alloc(1_300_000, 'content ')
    writeFileSync(file, content)
    const parts = {
      multipartThreshold: 102_400,
      partSize: 102_400,
      checkpointDir: join(folder, 'c'),
    }
    const stored = await resumableUpload(bucket, 'file', file, parts)
    check('parts', stored.parts, 13)
    await resumableUpload(bucket, 'stream', createReadStream(file), parts)
    await resumableUpload(bucket, 'bytes', new Uint8Array(content), parts)
    await resumableUpload(bucket, 'blob', new Blob([content]), parts)
    await downloadObject(bucket, 'file', copy)
    check('content', readFileSync(copy).equals(content), true)
    for (const key of ['stream', 'bytes', 'blob']) {
      check(key, (await bucket.headObject({ key })).crc64, stored.crc64)
    }
    const error = await resumableUpload(bucket, 'none', join(folder, 'none'), parts).catch(e => e)
    check('error', isOssupError(error) && error.code, 'SOURCE_MISSING')
    check(
      'checkpoints',
      (await listCheckpoints({ checkpointDir: parts.checkpointDir })).checkpoints.length,
      0,
    )
  } finally {
    await oss.close()
    rmSync(folder, { recursive: true })
  }
}

function check(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`)
}
