// Temporary credentials (STS) that a server of yours hands out. The function is asked before they expire, once
// for all requests, and when OSS refuses them: an upload outlives any number of tokens.
//
//   OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou STS_URL=https://app.example.com/sts \
//     node temporary-credentials.mjs large.file

import { basename } from 'node:path'
import { Bucket, resumableUpload } from 'ossup'

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT, STS_URL } = process.env

/** Fetches what AssumeRole answers, as a server passes it on. */
async function credentials() {
  const response = await fetch(STS_URL)
  // An error here is tried again like a lost connection.
  if (!response.ok) throw new Error(`The STS server answered ${response.status}`)
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = await response.json()
  return {
    accessKeyId: AccessKeyId,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken,
    expiresAt: Date.parse(Expiration),
  }
}

const bucket = new Bucket({
  name: OSS_BUCKET,
  region: OSS_REGION,
  endpoint: OSS_ENDPOINT,
  credentials,
})
const [file] = process.argv.slice(2)
const { key, size, verified } = await resumableUpload(bucket, basename(file), file)
console.log(`${key}: ${size} bytes, verified by ${verified}`)
