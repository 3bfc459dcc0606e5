// Uploads without a secret on this machine: a server signs each request (signing-server.mjs), the bytes go
// straight to OSS.
//
//   OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou SIGNER_URL=https://app.example.com/sign \
//     SIGNER_PASSWORD=... node remote-signer.mjs large.file

import { basename } from 'node:path'
import { Bucket, CredentialsError, resumableUpload } from 'ossup'

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT, SIGNER_URL, SIGNER_PASSWORD } = process.env

const signer = {
  async sign(request) {
    const response = await fetch(SIGNER_URL, {
      method: 'POST',
      headers: { authorization: `Bearer ${SIGNER_PASSWORD}` },
      body: JSON.stringify(request),
    })
    if (response.ok) return response.json()
    if (response.status === 401 || response.status === 403) {
      // A final refusal. Every other error that is thrown here causes a retry.
      throw new CredentialsError('SIGNING_REFUSED', 'The signing server does not sign this')
    }
    throw new Error(`The signing server answered ${response.status}`)
  },
}

const bucket = new Bucket({
  name: OSS_BUCKET,
  region: OSS_REGION,
  endpoint: OSS_ENDPOINT,
  signer,
})
const [file, prefix = 'users/ada/'] = process.argv.slice(2)
try {
  const { key, size } = await resumableUpload(bucket, `${prefix}${basename(file)}`, file)
  console.log(`${key}: ${size} bytes`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
