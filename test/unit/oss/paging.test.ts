// Listings whose pages have no end: each page must lead on, or the answer is refused.

import { describe, expect, test } from 'vitest'
import { listBuckets } from '../../../src/oss/list-buckets.ts'
import { listMultipartUploads } from '../../../src/oss/list-multipart-uploads.ts'
import { listObjects } from '../../../src/oss/list-objects.ts'
import { listParts } from '../../../src/oss/list-parts.ts'
import { Requester } from '../../../src/schedule/requester.ts'
import { allUploadsOfKey } from '../../../src/upload/cleanup/find-uploads.ts'
import { clientFor, fixedClock, scriptedTransport, startedAt } from './scripted-transport.ts'

const refused = { code: 'BAD_ANSWER' }
const answer = (body: string) => clientFor(scriptedTransport({ body }))
const date = '2025-01-02T03:04:05.000Z'

describe('ListParts', () => {
  const part = (number: number) =>
    `<Part><PartNumber>${number}</PartNumber><Size>1</Size><ETag>E</ETag><LastModified>${date}</LastModified></Part>`
  const page = (next: number, ...numbers: number[]) =>
    `<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>${next}</NextPartNumberMarker>${numbers.map(part).join('')}</ListPartsResult>`
  const list = (body: string, partNumberMarker = 0) =>
    listParts(answer(body), { key: 'k', uploadId: 'U', partNumberMarker })

  test.each([
    ['without parts', page(1)],
    ['that leads beyond its last part', page(7, 5, 6)],
    ['that leads back', page(5, 5, 6)],
    ['after which there can be none', page(10_000, 10_000)],
    ['beyond all numbers', page(10_001, 10_000)],
  ])('a page %s', async (_, body) => {
    await expect(list(body)).rejects.toMatchObject(refused)
  })

  test('a page that leads on', async () => {
    expect(await list(page(6, 5, 6), 4)).toMatchObject({ nextPartNumberMarker: 6 })
  })
})

describe('ListMultipartUploads', () => {
  const page = (key: string, id: string) =>
    `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>${key}</NextKeyMarker><NextUploadIdMarker>${id}</NextUploadIdMarker></ListMultipartUploadsResult>`

  test.each([
    ['the same key and id', 'b', '1'],
    ['a key before', 'a', '9'],
    ['a key before, by its bytes', '\u{ff5e}', '1'],
  ])('markers that lead to %s', async (_, key, id) => {
    const keyMarker = key === '\u{ff5e}' ? '😀' : 'b'
    const listing = listMultipartUploads(answer(page(key, id)), { keyMarker, uploadIdMarker: '1' })
    await expect(listing).rejects.toMatchObject(refused)
  })

  test.each([
    ['b', '2'],
    ['c', '0'],
    ['b', '0'],
  ])('markers that lead to %s %s', async (key, id) => {
    const request = { keyMarker: 'b', uploadIdMarker: '1' }
    const found = await listMultipartUploads(answer(page(key, id)), request)
    expect(found).toMatchObject({ nextKeyMarker: key, nextUploadIdMarker: id })
  })

  test('ids of one key that go round in a circle', async () => {
    const pages = ['1', '2', '1', '2'].map(id => ({ body: page('k', id) }))
    const transport = scriptedTransport(...pages)
    const client = clientFor(transport)
    const clock = fixedClock(startedAt)
    const requester = new Requester({
      client,
      clock,
      random: { next: () => 0 },
      attempts: 1,
      idleTimeoutMs: 1000,
      offlineTimeoutMs: 0,
      isPatient: false,
      onRetry() {},
      onOffline() {},
      onOnline() {},
    })
    const { signal } = new AbortController()
    const listing = allUploadsOfKey({ client, key: 'k', signal, requester })
    await expect(listing).rejects.toMatchObject(refused)
    expect(transport.requests).toHaveLength(3)
  })
})

describe('ListObjects', () => {
  const page = (token: string, ...keys: string[]) =>
    `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>${keys
      .map(
        key =>
          `<Contents><Key>${key}</Key><Size>1</Size><ETag>E</ETag><LastModified>${date}</LastModified></Contents>`,
      )
      .join('')}</ListBucketResult>`

  test('a page without entries that has a next one', async () => {
    await expect(listObjects(answer(page('t')))).rejects.toMatchObject(refused)
  })

  test('the token of the same page', async () => {
    const listing = listObjects(answer(page('t', 'a')), { continuationToken: 't' })
    await expect(listing).rejects.toMatchObject(refused)
  })

  test('a key that comes before the start', async () => {
    const listing = listObjects(answer(page('t', 'b')), { startAfter: 'b' })
    await expect(listing).rejects.toMatchObject(refused)
  })
})

describe('ListBuckets', () => {
  const page = (next: string) =>
    `<ListAllMyBucketsResult><Buckets></Buckets><IsTruncated>true</IsTruncated><NextMarker>${next}</NextMarker></ListAllMyBucketsResult>`

  test.each(['a', 'b'])('a marker that leads to %s', async next => {
    await expect(listBuckets(answer(page(next)), { marker: 'b' })).rejects.toMatchObject(refused)
  })
})
