// The little of ali-oss, which has no types of its own, that the tests use.
declare module 'ali-oss' {
  interface Answer {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
  }
  interface Listing {
    readonly objects: readonly { readonly name: string }[]
    readonly prefixes: readonly string[]
    readonly isTruncated: boolean
    readonly nextContinuationToken: string
  }
  interface PartOptions {
    readonly partSize: number
    readonly parallel?: number
    readonly checkpoint?: unknown
    readonly progress?: (percentage: number, checkpoint: unknown) => void
  }
  export default class AliOss {
    constructor(options: Readonly<Record<string, unknown>>)
    put(key: string, body: Uint8Array, options?: object): Promise<{ readonly res: Answer }>
    get(key: string, options?: object): Promise<{ readonly res: Answer; readonly content: Buffer }>
    head(key: string): Promise<{ readonly meta: Readonly<Record<string, string>> }>
    copy(key: string, source: string): Promise<unknown>
    list(query: object, options: object): Promise<Listing>
    listV2(query: object): Promise<Listing>
    deleteMulti(
      keys: readonly string[],
    ): Promise<{ readonly deleted: readonly { readonly Key: string }[] }>
    putObjectTagging(key: string, tags: Readonly<Record<string, string>>): Promise<unknown>
    getObjectTagging(key: string): Promise<{ readonly tag: Readonly<Record<string, string>> }>
    deleteObjectTagging(key: string): Promise<unknown>
    multipartUpload(
      key: string,
      file: string,
      options: PartOptions,
    ): Promise<{ readonly res: Answer }>
    multipartUploadCopy(
      key: string,
      source: { readonly sourceKey: string; readonly sourceBucketName: string },
      options: PartOptions,
    ): Promise<unknown>
    listUploads(query: object): Promise<{ readonly uploads: readonly unknown[] }>
    initMultipartUpload(key: string): Promise<{ readonly uploadId: string }>
    abortMultipartUpload(key: string, uploadId: string): Promise<unknown>
    signatureUrl(key: string, options: object): string
    signatureUrlV4(method: string, expires: number, request: unknown, key: string): Promise<string>
  }
}
