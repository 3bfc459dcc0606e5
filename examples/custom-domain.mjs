// Through a domain of your own that is bound to the bucket (CNAME). The region has to be said: no custom
// domain tells it, and signatures contain it.
//
//   node custom-domain.mjs examplebucket cn-hangzhou https://static.example.com logo.svg

import { basename } from 'node:path'
import { Bucket, resumableUpload } from 'ossup'

const [name, region, endpoint, file] = process.argv.slice(2)
const bucket = new Bucket({ name, region, endpoint, cname: true })
const { key } = await resumableUpload(bucket, `assets/${basename(file)}`, file, {
  headers: { 'cache-control': 'public, max-age=31536000, immutable' },
})
console.log(await bucket.presign({ method: 'GET', key, expiresMs: 600_000 }))
