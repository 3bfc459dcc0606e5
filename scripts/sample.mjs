// The file that `npm start` uploads when it is given none.

import { createCipheriv } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, renameSync } from 'node:fs'

const size = 256 * 1024 ** 2

/** Bytes that look random and are the same every time; under another name until they are whole. */
export async function ensureSample(path) {
  if (existsSync(path)) return
  console.log(`Making a sample of 256 MiB: ${path}`)
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16))
  const zeros = Buffer.alloc(4 * 1024 ** 2)
  const output = createWriteStream(`${path}.new`)
  for (let written = 0; written < size; written += zeros.length) {
    if (!output.write(cipher.update(zeros))) await once(output, 'drain')
  }
  output.end()
  await once(output, 'close')
  renameSync(`${path}.new`, path)
}
