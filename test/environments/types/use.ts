import { Bucket, OssError, resumableUpload, type UploadResult } from 'ossup'
import { type LocalOss, serve } from 'ossup/server'
import { faultyTransport } from 'ossup/testing'

export async function use(): Promise<UploadResult> {
  const oss: LocalOss = await serve({ data: 'data' })
  const bucket = new Bucket({
    name: 'examplebucket',
    region: 'cn-hangzhou',
    endpoint: oss.endpoint,
  })
  // @ts-expect-error: a name that is not an option
  await resumableUpload(bucket, 'key', 'file', { partsize: 1 }).catch(() => faultyTransport)
  return resumableUpload(bucket, 'key', new Uint8Array(1), { partSize: 1024 ** 2 }).catch(error => {
    if (error instanceof OssError) console.log(error.status, error.requestId)
    throw error
  })
}
