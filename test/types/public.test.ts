// The public types, pinned: what compiles for a user today compiles tomorrow. The compiler is the test
// (`npm run check`); running it only loads the names.

import { expectTypeOf, test } from 'vitest'
import {
  Bucket,
  type BucketOptions,
  type Credentials,
  type CredentialsProvider,
  credentialsSigner,
  type ErrorCode,
  isOssupError,
  type JournalStore,
  type ListedPart,
  type Logger,
  type ObjectHead,
  OssError,
  type OssupError,
  type RequestReport,
  type RequestToSign,
  resumableUpload,
  type Signer,
  type StoredObject,
  type UploadEvent,
  type UploadedPart,
  type UploadOptions,
  type UploadResult,
  type UploadSource,
} from '../../src/runtimes/node/index.ts'

test('a bucket', () => {
  expectTypeOf(Bucket).toBeConstructibleWith({ name: 'b' })
  const endpoint = undefined as string | undefined
  expectTypeOf(Bucket).toBeConstructibleWith({ name: 'b', endpoint })
  expectTypeOf<BucketOptions['credentials']>().toEqualTypeOf<
    CredentialsProvider | Credentials | undefined
  >()
  expectTypeOf<Console>().toExtend<Logger>()
  expectTypeOf<Bucket['putObject']>().returns.toEqualTypeOf<Promise<StoredObject>>()
  expectTypeOf<Bucket['listObjects']>().toBeCallableWith()
  expectTypeOf<Bucket['presign']>().returns.toEqualTypeOf<Promise<string>>()
  // As in the result of an upload: compared values have one type.
  for (const crc64 of [
    expectTypeOf<StoredObject['crc64']>(),
    expectTypeOf<ObjectHead['crc64']>(),
    expectTypeOf<UploadedPart['crc64']>(),
    expectTypeOf<ListedPart['crc64']>(),
  ]) {
    crc64.toEqualTypeOf<UploadResult['crc64'] | undefined>()
  }
  // A key alone is no request.
  expectTypeOf<string>().not.toExtend<Parameters<Bucket['headObject']>[0]>()
})

test('an upload', () => {
  expectTypeOf(resumableUpload).returns.toEqualTypeOf<Promise<UploadResult>>()
  expectTypeOf(resumableUpload).parameter(2).toEqualTypeOf<UploadSource>()
  for (const source of ['path', new URL('file:///a'), Buffer.alloc(1), new Blob([])] as const) {
    expectTypeOf(source).toExtend<UploadSource>()
  }
  expectTypeOf<NodeJS.ReadableStream>().toExtend<AsyncIterable<Uint8Array | string>>()
  expectTypeOf<UploadOptions['partSize']>().toEqualTypeOf<number | 'auto' | undefined>()
  expectTypeOf<UploadOptions['concurrency']>().toEqualTypeOf<number | 'auto' | undefined>()
  expectTypeOf<UploadOptions['checkpoint']>().toEqualTypeOf<JournalStore | false | undefined>()
  expectTypeOf<UploadOptions['signal']>().toEqualTypeOf<AbortSignal | undefined>()
  expectTypeOf<{ partsize: number }>().not.toExtend<UploadOptions>()
  expectTypeOf<UploadResult['crc64']>().toEqualTypeOf<string>()
  expectTypeOf<UploadResult['resumed']>().toEqualTypeOf<{
    readonly bytes: number
    readonly parts: number
  }>()
})

test('an event is recognised by its type', () => {
  const look = (event: UploadEvent) => {
    if (event.type === 'retry') expectTypeOf(event.delayMs).toEqualTypeOf<number>()
    if (event.type === 'resumed') expectTypeOf(event.bytes).toEqualTypeOf<number>()
  }
  expectTypeOf(look).parameter(0).toEqualTypeOf<UploadEvent>()
})

test('an error is recognised by its guard and its class', () => {
  const look = (error: unknown) => {
    if (error instanceof OssError) expectTypeOf(error.status).toEqualTypeOf<number>()
    if (isOssupError(error)) expectTypeOf(error).toEqualTypeOf<OssupError>()
  }
  expectTypeOf(look).returns.toEqualTypeOf<void>()
  const compare = ({ code }: OssupError) => {
    if (code === 'UPLOAD_BUSY' || code === 'NoSuchKey' || code === 'SomeCodeOfTomorrow') return true
    // @ts-expect-error: a misspelt code of this library does not compile
    return code === 'UPLOAD_BUZY'
  }
  expectTypeOf(compare).returns.toEqualTypeOf<boolean>()
  expectTypeOf<'UPLOAD_BUSY'>().toExtend<OssupError['code']>()
  expectTypeOf<ErrorCode>().toExtend<OssupError['code']>()
})

test('a signer may answer at once or later, and what it signs is plain data', () => {
  expectTypeOf(credentialsSigner).returns.toEqualTypeOf<Signer>()
  expectTypeOf<{ sign: () => { authorization: string } }>().toExtend<Signer>()
  expectTypeOf<{ sign: () => Promise<Record<string, string>> }>().toExtend<Signer>()
  expectTypeOf<RequestToSign['headers']>().toEqualTypeOf<Readonly<Record<string, string>>>()
  expectTypeOf<RequestReport['status']>().toEqualTypeOf<number | undefined>()
})
