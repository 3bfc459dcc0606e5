import { afterAll } from 'vitest'
import { Bucket } from '../../src/runtimes/node/index.ts'
import { type LocalOss, type ServeOptions, serve } from '../../src/server/index.ts'

export interface TestOss {
  readonly oss: LocalOss
  /** For the command. */
  readonly env: Readonly<Record<string, string>>
  readonly bucket: Bucket
  /** The object's bytes as OSS has them. */
  bytes(key: string): Promise<Buffer>
}

/** A local OSS in memory, with the bucket `examplebucket`, for the tests of one file. */
export async function localOss(options: ServeOptions = {}): Promise<TestOss> {
  const oss = await serve({ buckets: ['examplebucket'], ...options })
  afterAll(() => oss.close())
  const { endpoint, region, key } = oss
  const bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials: key })
  return {
    oss,
    env: {
      OSS_ENDPOINT: endpoint,
      OSS_REGION: region,
      OSS_ACCESS_KEY_ID: key.accessKeyId,
      OSS_ACCESS_KEY_SECRET: key.accessKeySecret,
    },
    bucket,
    async bytes(name) {
      const { body } = await bucket.getObject({ key: name })
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(Buffer.from(chunk))
      return Buffer.concat(chunks)
    },
  }
}
