// Two copies of the package in one process: its ES modules and its CommonJS build.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type * as Library from '../../src/runtimes/node/index.ts'
import type * as Server from '../../src/server/index.ts'
import { root } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'

const dist = (name: string) => join(root, 'dist', name)
const modules: typeof Library = await import(pathToFileURL(dist('runtimes/node/index.js')).href)
const common: typeof Library = createRequire(import.meta.url)(dist('cjs/runtimes/node/index.js'))
const { serve }: typeof Server = createRequire(import.meta.url)(dist('cjs/server/index.js'))

const folder = temporaryFolder()
const file = join(folder, 'file.bin')
noiseFile(file, 1_300_000)

async function buckets() {
  const oss = await serve({ buckets: ['examplebucket'] })
  onTestFinished(() => oss.close())
  const { endpoint, region, key: credentials } = oss
  const options = { name: 'examplebucket', endpoint, region, credentials }
  return { oss, first: new modules.Bucket(options), second: new common.Bucket(options) }
}

const inParts = { multipartThreshold: 102_400, partSize: 102_400, checkpointDir: join(folder, 'c') }

test('have the same public names', () => {
  expect(Object.keys(common).sort()).toEqual(Object.keys(modules).sort())
})

test('that are asked for the same upload do it once', async () => {
  const { oss, first, second } = await buckets()
  const results = await Promise.all([
    modules.resumableUpload(first, 'key', file, inParts),
    common.resumableUpload(second, 'key', file, inParts),
  ])
  expect(results[0]).toEqual(results[1])
  expect(oss.stats().operations).toMatchObject({
    InitiateMultipartUpload: { requests: 1 },
    UploadPart: { requests: 13 },
  })
})

test('know the errors of each other', async () => {
  const { first, second } = await buckets()
  const missing = { key: 'missing' }
  const errors = [
    await first.headObject(missing).catch(error => error),
    await second.headObject(missing).catch(error => error),
  ]
  for (const error of errors) {
    for (const { isOssupError, OssError, OssupError } of [modules, common]) {
      expect(isOssupError(error)).toBe(true)
      expect(error).toBeInstanceOf(OssError)
      expect(error).toBeInstanceOf(OssupError)
    }
  }
})
