// Node's part of the functions that all runtimes share: files by path, streams through a spool folder, and
// checkpoints in a folder.

import { isAbsolute } from 'node:path'
import { quietly } from '../../foreign/quietly.ts'
import type { JournalOwner } from '../../journal/ownership.ts'
import type { StreamSource } from '../../ports.ts'
import type { UploadEvent } from '../../progress/upload-event.ts'
import type { Destination, Opened, Runtime } from '../runtime.ts'
import { folderStore, oss2Roots, trustOf } from './checkpoint-folder.ts'
import { openFileSource } from './files/file-source.ts'
import { sourceIdOf, type UploadSource, withSource } from './files/open-source.ts'
import { findOss2Record } from './journal/oss2-record.ts'
import { reopenSpool, spoolStream } from './spool/spool.ts'
import { removeSpoolFile } from './spool/spool-files.ts'
import {
  type CheckpointFolder,
  type NodeUploadOptions,
  nodeRules,
  type UploadOptions,
} from './upload-options.ts'

export const node: Runtime<UploadSource, NodeUploadOptions, CheckpointFolder> = {
  ownRules: nodeRules,
  placeOptions: ['checkpointDir', 'trustCheckpointDir'],
  withSource,
  async open(openSource, to, options) {
    const opened = await openSource()
    if (options.spoolDir === undefined || 'identity' in opened) return { source: opened }
    return spooled(opened, options.spoolDir, to, options)
  },
  idOf: sourceIdOf,
  async reopen(sourceId, options) {
    const spool = await reopenSpool(sourceId, trustOf(options))
    if (spool !== undefined) return spool
    return isAbsolute(sourceId) ? { source: await openFileSource(sourceId) } : undefined
  },
  async forget(sourceId) {
    await removeSpoolFile(sourceId)
  },
  storeFor: (options, use) => folderStore(options, use === 'find'),
  findEarlier: ({ bucket, key }, sourceId, options) =>
    findOss2Record(oss2Roots(options), bucket, key, sourceId),
}

function spooled(
  stream: StreamSource,
  directory: string,
  { place, key }: Destination,
  options: UploadOptions,
): Promise<Opened> {
  const { expectedSize, signal, wait, onEvent } = options
  const tell = (event: UploadEvent) => quietly(() => onEvent?.(event))
  const onBusy = (owner: JournalOwner) => tell({ type: 'waiting', ...owner })
  const onWritten = (bytes: number, isWhole: boolean) => tell({ type: 'spooling', bytes, isWhole })
  const waiting = { waits: wait === true, signal, onBusy }
  return spoolStream(stream, {
    directory,
    place,
    key,
    expectedSize,
    signal,
    waiting,
    onWritten,
    trust: trustOf(options),
  })
}
