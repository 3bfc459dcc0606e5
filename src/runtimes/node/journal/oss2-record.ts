// The record that oss2 (OSS's Python SDK V1) keeps of an unfinished resumable upload. Only its upload id and part
// size are used. The parts that OSS lists are compared with the file.

import { createHash } from 'node:crypto'
import { unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { partSizeMax } from '../../../limits.ts'
import type { EarlierUpload } from '../../../upload/run/run.ts'
import { hasCode } from '../platform/system-error.ts'
import { checkFolder, readTrusted, type Trust } from '../platform/trusted-file.ts'

/** The folder that `ResumableStore(root=...)` creates in its root. */
const folder = '.py-oss-upload'

/** A folder that may hold records of oss2. */
export interface Oss2Root {
  readonly path: string
  readonly trust: Trust
}

/**
 * Finds oss2's record of the upload of a file in one of the roots.
 * @param path the file's absolute path
 */
export async function findOss2Record(
  roots: readonly Oss2Root[],
  bucket: string,
  key: string,
  path: string,
): Promise<EarlierUpload | undefined> {
  const name = `${md5(`oss://${bucket}/${key}`)}--${md5(path)}`
  for (const { path: root, trust } of roots) {
    const record = join(root, folder, name)
    const upload = parse(await readIfThere(record, trust), bucket, key)
    if (upload !== undefined) return { ...upload, forget: () => removeIfThere(record) }
  }
  return undefined
}

function parse(
  text: string | undefined,
  bucket: string,
  key: string,
): Pick<EarlierUpload, 'uploadId' | 'partSize'> | undefined {
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as Readonly<Record<string, unknown>>
    const { upload_id: uploadId, part_size: partSize } = record
    if (record.op_type !== 'ResumableUpload' || record.bucket !== bucket || record.key !== key) {
      return undefined
    }
    if (typeof uploadId !== 'string' || uploadId === '') return undefined
    if (typeof partSize !== 'number' || !Number.isInteger(partSize)) return undefined
    return partSize >= 1 && partSize <= partSizeMax ? { uploadId, partSize } : undefined
  } catch {
    // oss2 overwrites the record in place, so a kill can leave a partial record. Such a record is ignored.
    return undefined
  }
}

async function readIfThere(path: string, trust: Trust): Promise<string | undefined> {
  try {
    await checkFolder(dirname(path), trust)
    return (await readTrusted(path, trust))?.toString()
  } catch {
    // A record that cannot be read, or that another user may have written, is ignored: the upload starts without
    // it.
    return undefined
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
