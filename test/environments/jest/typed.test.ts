import * as library from 'ossup'
import { type Bucket, resumableUpload, type UploadResult } from 'ossup'
import * as server from 'ossup/server'

const { use } = require('./use.cjs')

export const typed = (bucket: Bucket): Promise<UploadResult> => resumableUpload(bucket, 'k', 'file')

test('an upload and a download', () => use(library, server), 60_000)
