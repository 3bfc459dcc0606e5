// A place to upload to that keeps nothing but sizes and CRCs: enough of OSS for uploads, and no more. It
// does not use the local OSS, so a change to the local OSS does not change the figures.
//
//   node bench/sink.mjs [--tls FOLDER] [--refuse-complete]
//
// Prints one line of JSON, { endpoint, ca }, and serves until it is killed. It checks no signature.
// --refuse-complete answers CompleteMultipartUpload with 403 until `POST /-/allow`: the upload is then
// interrupted at its end, with all parts confirmed.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { crc64, crc64Combine } from '../dist/hash/crc64.js'

const { values: options } = parseArgs({
  options: { tls: { type: 'string' }, 'refuse-complete': { type: 'boolean' } },
})
const partsPerPage = 1000

/** By upload id: the parts by number. */
const uploads = new Map()
let refuses = options['refuse-complete'] === true
let requests = 0

const tls = options.tls === undefined ? undefined : makeCertificate(options.tls)
const server = tls === undefined ? http.createServer(serve) : https.createServer(tls, serve)
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  process.stdout.write(`${JSON.stringify({ endpoint, ca: tls?.file })}\n`)
})

function serve(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://sink')
  const chunks = []
  let size = 0
  let crc = 0n
  const isContent = request.method === 'PUT'
  request.on('data', chunk => {
    size += chunk.length
    if (isContent) crc = crc64(chunk, crc)
    else chunks.push(chunk)
  })
  request.on('end', () => {
    response.setHeader('x-oss-request-id', String(++requests).padStart(24, '0'))
    const body = Buffer.concat(chunks).toString()
    answer(request.method, pathname, searchParams, { size, crc, body }, response)
  })
}

function answer(method, pathname, query, { size, crc, body }, response) {
  const uploadId = query.get('uploadId')
  const parts = uploads.get(uploadId)
  if (pathname === '/-/allow') {
    refuses = false
    response.end()
  } else if (method === 'POST' && query.has('uploads')) {
    const id = String(uploads.size + 1).padStart(32, '0')
    uploads.set(id, new Map())
    xml(response, 'InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`)
  } else if (uploadId !== null && parts === undefined) {
    refuse(response, 404, 'NoSuchUpload')
  } else if (method === 'PUT') {
    const etag = crc.toString(16).padStart(32, '0').toUpperCase()
    parts?.set(Number(query.get('partNumber')), { size, crc, etag })
    response.setHeader('etag', `"${etag}"`)
    response.setHeader('x-oss-hash-crc64ecma', String(crc))
    response.end()
  } else if (method === 'GET' && parts !== undefined) {
    list(response, uploadId, parts, Number(query.get('part-number-marker') ?? 0))
  } else if (method === 'DELETE') {
    uploads.delete(uploadId)
    response.writeHead(204).end()
  } else if (method === 'POST' && parts !== undefined) {
    if (refuses) refuse(response, 403, 'AccessDenied')
    else complete(response, parts, body)
  } else {
    refuse(response, 404, 'NoSuchKey')
  }
}

function list(response, uploadId, parts, marker) {
  const numbers = [...parts.keys()].filter(number => number > marker).sort((a, b) => a - b)
  const page = numbers.slice(0, partsPerPage)
  const rows = page.map(number => {
    const { size, crc, etag } = parts.get(number)
    return `<Part><PartNumber>${number}</PartNumber><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"${etag}"</ETag><HashCrc64ecma>${crc}</HashCrc64ecma><Size>${size}</Size></Part>`
  })
  const next = page.at(-1) ?? marker
  const isTruncated = page.length < numbers.length
  xml(
    response,
    'ListPartsResult',
    `<UploadId>${uploadId}</UploadId><NextPartNumberMarker>${next}</NextPartNumberMarker><MaxParts>${partsPerPage}</MaxParts><IsTruncated>${isTruncated}</IsTruncated>${rows.join('')}`,
  )
}

function complete(response, parts, body) {
  let crc = 0n
  const numbers = [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) => Number(n))
  for (const number of numbers) {
    const part = parts.get(number)
    if (part === undefined) return refuse(response, 400, 'InvalidPart')
    crc = crc64Combine(crc, part.crc, part.size)
  }
  const etag = `${'0'.repeat(32)}-${numbers.length}`
  response.setHeader('etag', `"${etag}"`)
  response.setHeader('x-oss-hash-crc64ecma', String(crc))
  xml(response, 'CompleteMultipartUploadResult', `<ETag>"${etag}"</ETag>`)
}

function refuse(response, status, code) {
  response.statusCode = status
  xml(response, 'Error', `<Code>${code}</Code><Message>${code}</Message>`)
}

function xml(response, root, inner) {
  response.setHeader('content-type', 'application/xml')
  response.end(`<?xml version="1.0" encoding="UTF-8"?><${root}>${inner}</${root}>`)
}

function makeCertificate(folder) {
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  // ali-oss sends requests to the bucket's own host, even with another endpoint.
  const hosts = 'subjectAltName=IP:127.0.0.1,DNS:*.oss-cn-hangzhou.aliyuncs.com'
  const names = ['-subj', '/CN=sink', '-addext', hosts]
  const args = ['req', '-x509', ...curve, '-nodes', '-days', '2', '-keyout', key, '-out', file]
  execFileSync('openssl', [...args, ...names], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(file), file }
}
