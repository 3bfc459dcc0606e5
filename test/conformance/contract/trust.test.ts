// Rule 6: a checkpoint counts only if no other user can have written it. It names a file and an endpoint, and
// says which parts are verified, so its writer decides which file is sent where.

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  discardCheckpoint,
  listCheckpoints,
  resumeCheckpoint,
} from '../../../src/runtimes/node/index.ts'
import { fileSize, makeWorld, noise, partSize, type World } from './world.ts'

const isPosix = process.platform !== 'win32'
const isRoot = process.getuid?.() === 0

const journalOf = ({ checkpointDir }: World) => {
  const [name = ''] = readdirSync(checkpointDir).filter(name => name.endsWith('.journal'))
  return join(checkpointDir, name)
}
const idOf = (world: World) => /([^/\\]+)\.journal$/.exec(journalOf(world))?.[1] ?? ''

/** What other users can do to the checkpoints of a folder. */
const changes: { what: string; change: (world: World) => void; canBeTrusted: boolean }[] = [
  {
    what: 'a journal that every user can write',
    change: world => chmodSync(journalOf(world), 0o666),
    canBeTrusted: true,
  },
  {
    what: 'a folder in which every user can replace journals',
    change: world => chmodSync(world.checkpointDir, 0o777),
    canBeTrusted: true,
  },
  {
    what: 'a symbolic link for a journal',
    change: world => {
      const journal = journalOf(world)
      renameSync(journal, `${journal}.aside`)
      symlinkSync(`${journal}.aside`, journal)
    },
    canBeTrusted: false,
  },
  {
    what: 'a pipe for a journal',
    change: world => {
      const journal = journalOf(world)
      rmSync(journal)
      execFileSync('mkfifo', [journal])
    },
    canBeTrusted: false,
  },
  ...(isRoot
    ? [
        {
          what: "another user's journal",
          change: (world: World) => chownSync(journalOf(world), 65534, 65534),
          canBeTrusted: true,
        },
        {
          what: "another user's folder",
          change: (world: World) => chownSync(world.checkpointDir, 65534, 65534),
          canBeTrusted: true,
        },
      ]
    : []),
]

describe.runIf(isPosix).each(changes)('$what', ({ change, canBeTrusted }) => {
  const begun = async () => {
    const world = await makeWorld()
    const file = world.file(noise(fileSize))
    await world.uploadUntil(5, file)
    const id = idOf(world)
    change(world)
    world.forgetRequests()
    return { world, file, id, checkpointDir: world.checkpointDir }
  }
  const untrusted = { code: 'JOURNAL_UNTRUSTED' }

  it('is not used by the upload, resume, clean or status', async () => {
    const { world, file, id, checkpointDir } = await begun()
    const bucket = world.bucket()
    await expect(world.upload(file)).rejects.toMatchObject(untrusted)
    await expect(resumeCheckpoint(bucket, id, { checkpointDir })).rejects.toMatchObject(untrusted)
    await expect(discardCheckpoint(bucket, id, { checkpointDir })).rejects.toMatchObject(untrusted)
    const list = await listCheckpoints({ checkpointDir }).catch(error => ({
      checkpoints: [],
      unreadable: [{ id, error }],
    }))
    expect(list).toMatchObject({ checkpoints: [], unreadable: [{ id, error: untrusted }] })
    expect(world.oss.stats().operations).toEqual({})
  })

  it.runIf(canBeTrusted)('is used by who says that it is to be trusted', async () => {
    const { world, id, checkpointDir } = await begun()
    const place = { checkpointDir, trustCheckpointDir: true }
    expect((await listCheckpoints(place)).checkpoints).toMatchObject([{ id, confirmedParts: 5 }])
    const result = await resumeCheckpoint(world.bucket(), id, place)
    expect(result?.resumed).toMatchObject({ parts: 5 })
  })
})

it.runIf(isPosix)('a spool file that every user can write is not uploaded', async () => {
  const world = await makeWorld()
  const spoolDir = join(world.folder, 'spool')
  async function* pieces() {
    yield noise(4 * partSize)
  }
  await world.uploadUntil(2, pieces(), { spoolDir })
  const id = idOf(world)
  const [spool = ''] = readdirSync(spoolDir).filter(name => name.endsWith('.ossup-spool'))
  chmodSync(join(spoolDir, spool), 0o666)
  const { checkpointDir } = world
  await expect(resumeCheckpoint(world.bucket(), id, { checkpointDir })).rejects.toMatchObject({
    code: 'SPOOL_UNTRUSTED',
    message: expect.stringContaining('can be written by every user'),
  })
  const trusted = { checkpointDir, trustCheckpointDir: true }
  expect(await resumeCheckpoint(world.bucket(), id, trusted)).toBeDefined()
})
