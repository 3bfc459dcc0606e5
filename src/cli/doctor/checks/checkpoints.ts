import { isOssupError, JournalError, type JournalStore } from '../../../runtimes/node/index.ts'
import { formatBytes } from '../../output/figures.ts'
import { printableLine } from '../../output/printable.ts'
import type { Check } from '../check.ts'

/** Enough free space for several journals: a journal of 10,000 parts has less than 2 MiB. */
const enoughBytes = 16 * 1024 ** 2

/** Hints for file systems on which ossup can guarantee less. See docs/guide/guarantees.md. */
const weaker: Readonly<Record<string, string>> = {
  tmpfs:
    'A restart removes its files, so no upload can resume afterwards. Choose another folder with --checkpoint-dir.',
  nfs: 'Several machines may share it. An upload that another machine left is resumed only 30 s after its last heartbeat.',
  smb: 'Several machines may share it. An upload that another machine left is resumed only 30 s after its last heartbeat.',
}

/** Checks the folder of checkpoints: writes, syncs and locks a journal there, as an upload does. */
export const checkpoints: Check = {
  name: 'checkpoints',
  needs: [],
  async run(world) {
    const path = printableLine(world.checkpointDir)
    const folder = await world.folder(world.checkpointDir)
    try {
      await useOnce(world.checkpoints, `doctor-${world.randomName()}`)
    } finally {
      await folder.removeMissing()
    }
    const { freeBytes, fileSystem = '', mode, missing } = folder
    const facts = { path: world.checkpointDir, freeBytes, fileSystem: folder.fileSystem }
    const hints = [
      ...(freeBytes !== undefined && freeBytes < enoughBytes
        ? [
            'There is hardly any space left: make some, or choose another folder with --checkpoint-dir.',
          ]
        : []),
      ...(mode !== undefined && (mode & 0o022) !== 0
        ? [`Others may write into it (mode ${mode.toString(8)}): chmod go-w '${path}'`]
        : []),
      ...(weaker[fileSystem] === undefined ? [] : [weaker[fileSystem]]),
    ]
    const done = missing.length === 0 ? 'is' : 'can be made,'
    const space = freeBytes === undefined ? '' : `; ${formatBytes(freeBytes)} free`
    const kind = fileSystem === '' ? '' : ` (${fileSystem})`
    const summary = `${path} ${done} written, synced and locked${space}${kind}`
    return {
      state: hints.length === 0 ? 'ok' : 'warning',
      summary,
      facts,
      ...(hints.length > 0 && { hints }),
    }
  },
}

/** Writes and syncs a journal, checks that a second owner cannot open it, and removes it. */
async function useOnce(store: JournalStore, name: string): Promise<void> {
  const journal = await store.open(name)
  try {
    await journal.append(new TextEncoder().encode('written by ossup doctor\n'))
    await journal.sync()
    await expectBusy(store, name)
  } finally {
    await journal.remove()
    await journal.close()
  }
}

async function expectBusy(store: JournalStore, name: string): Promise<void> {
  try {
    const second = await store.open(name)
    await second.close()
  } catch (error) {
    if (isOssupError(error) && error.code === 'UPLOAD_BUSY') return
    throw error
  }
  throw new JournalError('LOCK_LOST', `${store.location}: two processes can own one checkpoint`, {
    hint: 'Its file system does not keep locks: choose another folder with --checkpoint-dir',
  })
}
