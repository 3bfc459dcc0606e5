// A world in which all is well, for tests that change one thing of it.

import type { World } from '../../../../src/cli/doctor/world.ts'
import { Bucket, MemoryJournalStore } from '../../../../src/runtimes/node/index.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

export const now = Date.parse('2026-11-23T12:00:00Z')

export const target = { bucket: 'examplebucket', key: 'dir/' }

export function bucketAt(
  endpoint = 'https://oss-cn-hangzhou.aliyuncs.com',
  more: { readonly cname?: boolean } = {},
): Bucket {
  return new Bucket({
    name: 'examplebucket',
    region: 'cn-hangzhou',
    endpoint,
    credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
    ...more,
  })
}

export function well(change: Partial<World> = {}): World {
  return {
    target,
    signal: new AbortController().signal,
    program: { version: '1.2.3', node: '22.11.0', platform: 'linux x64' },
    uncheckedBy: undefined,
    checkpointDir: '/somewhere/.ossup/checkpoints',
    checkpoints: new MemoryJournalStore(),
    now: () => now,
    stopwatch: new VirtualClock('jump'),
    credentials: async () => [
      {
        source: 'environment',
        name: 'OSS_ACCESS_KEY_ID',
        outcome: 'used',
        why: 'access keys',
        accessKeyId: 'LTAI…wxyz',
      },
    ],
    bucket: async () => bucketAt(),
    connection: async () => ({
      host: 'examplebucket.oss-cn-hangzhou.aliyuncs.com',
      port: 443,
      isSecure: true,
      addresses: ['118.31.219.1', '118.31.219.2'],
      address: '118.31.219.1',
      reached: { lookup: 5, connect: 17, secure: 40 },
      protocol: 'TLSv1.3',
      certificate: {
        subject: '*.oss-cn-hangzhou.aliyuncs.com',
        issuer: 'GlobalSign',
        validFrom: now - 1e9,
        validTo: now + 1e10,
      },
    }),
    answer: async () => ({
      status: 403,
      headers: {
        date: new Date(now).toUTCString(),
        server: 'AliyunOSS',
        'x-oss-request-id': '66A1',
      },
      sentAt: now,
      receivedAt: now + 30,
    }),
    folder: async () => ({
      missing: [],
      mode: 0o700,
      freeBytes: 5e9,
      fileSystem: 'ext4',
      removeMissing: async () => {},
    }),
    randomName: () => 'a1b2',
    randomBytes: size => new Uint8Array(size),
    ...change,
  }
}
