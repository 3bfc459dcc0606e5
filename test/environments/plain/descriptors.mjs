// Many uploads at the same time with few descriptors: they wait for each other.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bucket, resumableUpload, uploadFiles } from 'ossup'

const folder = mkdtempSync(join(tmpdir(), 'ossup-descriptors-'))
const [, , endpoint] = process.argv
const bucket = new Bucket({ name: 'examplebucket', region: 'cn-hangzhou', endpoint })
const names = Array.from({ length: 60 }, (_, at) => join(folder, `file-${at}`))
for (const name of names) writeFileSync(name, Buffer.alloc(20_000, name))
const many = await uploadFiles(bucket, 'many/', folder, { concurrency: 16, checkpoint: false })
if (many.uploaded !== names.length) throw new Error(JSON.stringify(many))
const some = names.slice(0, 12)
await Promise.all(some.map((name, at) => resumableUpload(bucket, `each/${at}`, name)))
rmSync(folder, { recursive: true })
console.log('works')
