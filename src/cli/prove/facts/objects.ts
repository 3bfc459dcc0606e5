// Switches about whole objects, reads and signatures.

import type { Fact } from '../fact.ts'
import { NotChecked, refused } from '../not-checked.ts'

/** A refusal by its code, for requests that should be refused. */
const codeOf = ({ status, code }: { status: number; code: string }) => code || String(status)

export const objectFacts: readonly Fact[] = [
  {
    id: 'badStandardRange',
    title: 'a malformed range under x-oss-range-behavior: standard',
    expected: 'ignored',
    async check(bench) {
      const key = bench.newKey()
      await bench.put(key, 'bytes')
      const headers = { range: 'bytes=3-1', 'x-oss-range-behavior': 'standard' }
      const { status, code } = await bench.ask({ method: 'GET', key, headers })
      return status === 200 ? 'ignored' : codeOf({ status, code })
    },
  },
  {
    id: 'notModifiedHeaders',
    title: 'ETag and Last-Modified with 304',
    expected: 'present',
    async check(bench) {
      const key = bench.newKey()
      const put = await bench.put(key, 'bytes')
      const headers = { 'if-none-match': put.headers.etag ?? refused(put) }
      const reply = await bench.ask({ method: 'GET', key, headers })
      if (reply.status !== 304) return codeOf(reply)
      return reply.headers.etag === undefined ? 'absent' : 'present'
    },
  },
  {
    id: 'oversizedMetadataCode',
    title: 'user metadata over 8 KB',
    expected: 'InvalidArgument',
    async check(bench) {
      return codeOf(
        await bench.put(bench.newKey(), '', {
          'x-oss-meta-a': 'a'.repeat(5000),
          'x-oss-meta-b': 'b'.repeat(5000),
        }),
      )
    },
  },
  {
    id: 'badTagKeyCode',
    title: 'a tag key that is not allowed',
    expected: 'InvalidTag',
    async check(bench) {
      const headers = { 'x-oss-tagging': `${'k'.repeat(129)}=v` }
      return codeOf(await bench.put(bench.newKey(), '', headers))
    },
  },
  {
    id: 'badTagValueCode',
    title: 'a tag value that is not allowed',
    expected: 'InvalidTag',
    async check(bench) {
      const headers = { 'x-oss-tagging': `k=${'v'.repeat(257)}` }
      return codeOf(await bench.put(bench.newKey(), '', headers))
    },
  },
  {
    id: 'copyCrc',
    title: 'CRC-64 with the answer to CopyObject',
    expected: 'present',
    async check(bench) {
      const source = bench.newKey()
      await bench.put(source, 'bytes')
      const from = encodeURIComponent(source).replaceAll('%2F', '/')
      const headers = { 'x-oss-copy-source': `/${bench.bucket.name}/${from}` }
      const reply = await bench.ask({ method: 'PUT', key: bench.newKey(), headers })
      if (reply.status !== 200) refused(reply)
      return reply.headers['x-oss-hash-crc64ecma'] === undefined ? 'absent' : 'present'
    },
  },
  {
    id: 'malformedPresignCode',
    title: 'a V4 URL without a lifetime',
    expected: 'InvalidArgument',
    async check(bench) {
      const change = (target: string) => target.replace(/x-oss-expires=\d+&?/, '')
      const key = bench.newKey()
      return codeOf(await bench.ask({ method: 'GET', key, change, mayBeDenied: true }))
    },
  },
  {
    id: 'signatureMismatchEcV4',
    title: 'EC of SignatureDoesNotMatch in V4',
    expected: '0002-00000040',
    async check(bench) {
      const change = (target: string) =>
        target.replace(/x-oss-signature=[0-9a-f]{64}/, `x-oss-signature=${'0'.repeat(64)}`)
      const key = bench.newKey()
      const reply = await bench.ask({ method: 'GET', key, change, mayBeDenied: true })
      return reply.code === 'SignatureDoesNotMatch' ? reply.ec : codeOf(reply)
    },
  },
  {
    id: 'badContinuationToken',
    title: 'a continuation token that cannot be read',
    expected: 'InvalidArgument',
    async check(bench) {
      const query = { 'list-type': '2', prefix: bench.folder, 'continuation-token': '*' }
      const reply = await bench.ask({ method: 'GET', query })
      return reply.status === 200 ? 'ignored' : codeOf(reply)
    },
  },
  {
    id: 'deleteAbsentVersioned',
    title: 'DeleteObject with versioning, for a key that has no version',
    expected: 'marker',
    async check(bench) {
      const probe = await bench.put(bench.newKey(), '')
      const version = probe.headers['x-oss-version-id']
      if (version === undefined) throw new NotChecked('versioning is not enabled in this bucket')
      const reply = await bench.ask({ method: 'DELETE', key: bench.newKey() })
      return reply.headers['x-oss-delete-marker'] === 'true' ? 'marker' : 'nothing'
    },
  },
]
