// Listings that never end: each page must lead on, and there are at most 10,000 parts.

import { expect, test } from 'vitest'
import { completeOptions } from '../../../../src/options/upload-options.ts'
import { listParts } from '../../../../src/oss/list-parts.ts'
import type { HttpResponse } from '../../../../src/ports.ts'
import { ProgressTracker } from '../../../../src/progress/tracker.ts'
import { makeRequester } from '../../../../src/schedule/make-requester.ts'
import { pagesOfUploads } from '../../../../src/upload/cleanup/find-uploads.ts'
import { uploadBench } from '../../support/upload-bench.ts'

function answer(body: string): HttpResponse {
  async function* once() {
    yield new TextEncoder().encode(body)
  }
  return { status: 200, headers: { 'x-oss-request-id': 'R' }, body: once() }
}

function lister(bench: ReturnType<typeof uploadBench>) {
  const { client, clock } = bench
  const options = completeOptions({}, { checkpoint: false, contentType: '' })
  const random = { next: () => 0.5 }
  const requester = makeRequester({ client, clock, random }, options, new ProgressTracker(clock))
  return { client, requester, signal: new AbortController().signal }
}

const uploads = (
  key: string,
  id: string,
) => `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated>
  <NextKeyMarker>${key}</NextKeyMarker><NextUploadIdMarker>${id}</NextUploadIdMarker>
  <Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>
  </ListMultipartUploadsResult>`

test.each([
  ['keys a, b, a, b', ['a', 'b'], ['1']],
  ['one key with the ids 1, 2, 1, 2', ['a'], ['1', '2']],
  ['one page again and again', ['a'], ['1']],
])('uploads: %s', async (_, keys, ids) => {
  const bench = uploadBench()
  let count = 0
  bench.oss.intercept = async () => {
    const key = keys[count % keys.length] ?? ''
    return answer(uploads(key, ids[count++ % ids.length] ?? ''))
  }
  const list = async () => {
    for await (const page of pagesOfUploads(lister(bench), '')) expect(page.length).toBe(1)
  }
  await expect(list()).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  expect(count).toBeLessThan(20)
})

const parts = (marker: number, next: number, part: string) => `<ListPartsResult>
  <PartNumberMarker>${marker}</PartNumberMarker><NextPartNumberMarker>${next}</NextPartNumberMarker>
  <IsTruncated>true</IsTruncated>${part}</ListPartsResult>`
const part = (n: number) => `<Part><PartNumber>${n}</PartNumber><Size>1</Size><ETag>"E"</ETag>
  <LastModified>2026-01-01T00:00:00.000Z</LastModified></Part>`

test.each([
  ['a marker beyond the last part', 1, 10_001, part(2)],
  ['a marker before the last part', 1, 2, part(2) + part(3)],
  ['a marker that does not move', 5, 5, part(6)],
  ['no part, and yet another page', 1, 2, ''],
])('parts: %s', async (_, marker, next, body) => {
  const bench = uploadBench()
  bench.oss.intercept = async () => answer(parts(marker, next, body))
  const listing = listParts(bench.client, { key: 'k', uploadId: 'I', partNumberMarker: marker })
  await expect(listing).rejects.toMatchObject({ code: 'BAD_ANSWER' })
})
