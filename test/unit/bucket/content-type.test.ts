import { describe, expect, test } from 'vitest'
import { contentTypeGuess } from '../../../src/bucket/content-type.ts'

const guess = contentTypeGuess()

test.each([
  [['dir/photo.JPG', '/tmp/x.txt'], 'image/jpeg'],
  [['dir/key', '/tmp/x.txt'], 'text/plain'],
  [['a.unknown-extension', 'b.html'], 'text/html'],
  [['dir.txt/key'], 'application/octet-stream'],
  [['key.', ''], 'application/octet-stream'],
  // A name is no extension, and neither is a property of every object.
  [['html'], 'application/octet-stream'],
  [['a.constructor', 'a.__proto__'], 'application/octet-stream'],
  [[], 'application/octet-stream'],
])('%j is %s', async (names, type) => {
  expect(await guess(...names)).toBe(type)
})

describe('as the official clients have it', () => {
  const office = 'application/vnd.openxmlformats-officedocument'

  // Source: `_EXTRA_TYPES_MAP` of oss2/utils.py, and `extToMimeType` of the Go SDK's oss/mime.go.
  test.each([
    ['xlsx', `${office}.spreadsheetml.sheet`],
    ['xltx', `${office}.spreadsheetml.template`],
    ['potx', `${office}.presentationml.template`],
    ['ppsx', `${office}.presentationml.slideshow`],
    ['pptx', `${office}.presentationml.presentation`],
    ['sldx', `${office}.presentationml.slide`],
    ['docx', `${office}.wordprocessingml.document`],
    ['dotx', `${office}.wordprocessingml.template`],
    ['xlam', 'application/vnd.ms-excel.addin.macroEnabled.12'],
    ['xlsb', 'application/vnd.ms-excel.sheet.binary.macroEnabled.12'],
    ['apk', 'application/vnd.android.package-archive'],
    ['doc', 'application/msword'],
    ['xls', 'application/vnd.ms-excel'],
    ['ppt', 'application/vnd.ms-powerpoint'],
    ['odt', 'application/vnd.oasis.opendocument.text'],
    ['tar', 'application/x-tar'],
    ['bz2', 'application/x-bzip2'],
    ['zip', 'application/zip'],
    ['torrent', 'application/x-bittorrent'],
    ['flv', 'video/x-flv'],
    ['wmv', 'video/x-ms-wmv'],
    ['epub', 'application/epub+zip'],
    ['svg', 'image/svg+xml'],
    ['mpp', 'application/vnd.ms-project'],
  ])('.%s is %s', async (extension, type) => {
    expect(await guess(`file.${extension}`)).toBe(type)
  })

  // Types that no client has, or about which they differ: the registered one.
  test.each([
    ['ico', 'image/vnd.microsoft.icon'],
    ['m3u8', 'application/vnd.apple.mpegurl'],
    ['7z', 'application/x-7z-compressed'],
    ['gz', 'application/gzip'],
    ['js', 'text/javascript'],
    ['parquet', 'application/vnd.apache.parquet'],
    ['zst', 'application/zstd'],
  ])('.%s is %s', async (extension, type) => {
    expect(await guess(`file.${extension}`)).toBe(type)
  })
})
