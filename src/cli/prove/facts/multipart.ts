// Switches about uploads in parts: they decide how ossup resumes.

import { setTimeout } from 'node:timers/promises'
import { element, elements } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { refused } from '../not-checked.ts'

const unknownPart = '"00000000000000000000000000000000"'
const small = 'small'

export const multipartFacts: readonly Fact[] = [
  {
    id: 'failedComplete',
    title: 'the upload after a Complete that was refused',
    expected: 'alive',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      await bench.putPart(key, uploadId, 1, small)
      await bench.complete(key, uploadId, [[1, unknownPart]])
      const { code } = await bench.ask({ method: 'GET', key, query: { uploadId } })
      return code === '' ? 'alive' : code === 'NoSuchUpload' ? 'dead' : code
    },
  },
  {
    id: 'forbidOverwriteAtInitiate',
    title: 'forbid-overwrite at Initiate, when the object exists',
    expected: 'ignored',
    async check(bench) {
      const key = bench.newKey()
      const put = await bench.put(key, small)
      if (put.status !== 200) refused(put)
      const { code } = await bench.ask({
        method: 'POST',
        key,
        query: { uploads: '' },
        headers: { 'x-oss-forbid-overwrite': 'true' },
      })
      return code === '' ? 'ignored' : code === 'FileAlreadyExists' ? 'checked' : code
    },
  },
  {
    id: 'listPartsCrc',
    title: 'CRC-64 of each part in ListParts',
    expected: 'present',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      await bench.putPart(key, uploadId, 1, small)
      const reply = await bench.ask({ method: 'GET', key, query: { uploadId } })
      if (reply.code !== '') refused(reply)
      return element(reply.text, 'HashCrc64ecma') === '' ? 'absent' : 'present'
    },
  },
  {
    id: 'uploadOrder',
    title: 'order of the uploads of one key in ListMultipartUploads',
    expected: 'id',
    async check(bench) {
      const key = bench.newKey()
      // Eight ids that are in order by chance, once in 40,320 times, look like an order by id.
      const begun: string[] = []
      for (let count = 0; count < 8; count += 1) {
        begun.push(await bench.initiate(key))
        // Two uploads of the same millisecond have no order by time.
        await setTimeout(5)
      }
      const reply = await bench.ask({ method: 'GET', query: { uploads: '', prefix: key } })
      if (reply.code !== '') refused(reply)
      const listed = elements(reply.text, 'UploadId').join()
      if (listed === [...begun].sort().join()) return 'id'
      return listed === begun.join() ? 'time' : 'neither by id nor by time'
    },
  },
  {
    id: 'completeNoSuchUploadEc',
    title: 'EC of NoSuchUpload at Complete',
    expected: '0042-00000002',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      await bench.ask({ method: 'DELETE', key, query: { uploadId } })
      const { ec } = await bench.complete(key, uploadId, [[1, unknownPart]])
      return ec
    },
  },
  {
    id: 'invalidPartEc',
    title: 'EC of InvalidPart',
    expected: '',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const { ec } = await bench.complete(key, uploadId, [[1, unknownPart]])
      return ec
    },
  },
  {
    id: 'entityTooSmallDetails',
    title: 'further elements of EntityTooSmall',
    expected: 'present',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const first = await bench.putPart(key, uploadId, 1, small)
      const second = await bench.putPart(key, uploadId, 2, small)
      const reply = await bench.complete(key, uploadId, [
        [1, first],
        [2, second],
      ])
      if (reply.code !== 'EntityTooSmall') return `${reply.status} ${reply.code}`.trim()
      return element(reply.text, 'ProposedSize') === '' ? 'absent' : 'present'
    },
  },
  {
    id: 'locationKey',
    title: "the key in Complete's Location",
    expected: 'encoded',
    async check(bench) {
      const key = `${bench.newKey()}ä`
      const uploadId = await bench.initiate(key)
      const etag = await bench.putPart(key, uploadId, 1, small)
      const reply = await bench.complete(key, uploadId, [[1, etag]])
      if (reply.status !== 200) refused(reply)
      return element(reply.text, 'Location').includes('ä') ? 'raw' : 'encoded'
    },
  },
  {
    id: 'oversizedPage',
    title: 'max-parts over 1000',
    expected: 'InvalidArgument',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const query = { uploadId, 'max-parts': '1001' }
      const { code } = await bench.ask({ method: 'GET', key, query })
      return code === '' ? 'clamped' : code
    },
  },
  {
    id: 'completeAllOther',
    title: 'x-oss-complete-all other than yes',
    expected: 'InvalidArgument',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const etag = await bench.putPart(key, uploadId, 1, small)
      const headers = { 'x-oss-complete-all': 'no' }
      const { code } = await bench.complete(key, uploadId, [[1, etag]], headers)
      return code === '' ? 'ignored' : code
    },
  },
]
