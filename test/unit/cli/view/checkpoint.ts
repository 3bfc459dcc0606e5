import type { CheckpointInfo } from '../../../../src/checkpoints/checkpoints.ts'

const mib = 1024 ** 2

/** A checkpoint of 40 of 100 MiB, begun at 0. */
export function checkpoint(change: Partial<CheckpointInfo> = {}): CheckpointInfo {
  return {
    id: '0123456789abcdef',
    bucket: 'bucket',
    key: 'dir/key',
    region: 'cn-hangzhou',
    endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
    style: 'virtual-host',
    source: '/dir/file',
    sourceKind: 'file',
    uploadId: 'ID',
    size: 100 * mib,
    confirmedBytes: 40 * mib,
    confirmedParts: 4,
    startedAt: 0,
    updatedAt: 60_000,
    owner: undefined,
    state: 'sending',
    pendingAborts: { uploadIds: [], intents: 0 },
    ...change,
  }
}
