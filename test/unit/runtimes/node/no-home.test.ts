import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { bundleChild } from './child-process.ts'

/** Only root can become a user without an entry in the user database. */
const isRoot = process.getuid?.() === 0
const noHome = expect.stringMatching(/^NO_HOME: Set HOME or `checkpointDir`/)

test.runIf(isRoot)(
  'a process without a home folder works until it needs a checkpoint',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ossup-no-home-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const [data, scratch] = [join(folder, 'data'), join(folder, 'scratch')]
    mkdirSync(data)
    mkdirSync(scratch)
    writeFileSync(join(data, 'file'), new Uint8Array(300_000).fill(7))
    chmodSync(folder, 0o755)
    chmodSync(scratch, 0o1777)
    const script = await bundleChild('without-home', folder)
    const { HOME: _, ...env } = process.env
    const child = { cwd: '/', env, uid: 34_567, gid: 34_567 }
    const { stdout } = await promisify(execFile)(process.execPath, [script, data, scratch], child)
    expect(JSON.parse(stdout)).toEqual({
      outcomes: {
        'a small file': 'works',
        'a folder of small files': 'works',
        'in parts, without a checkpoint': 'works',
        'in parts, with checkpointDir': 'works',
        'the list of a checkpointDir': 'works',
        'credentials of variables': 'works',
        'in parts': noHome,
        'the list of checkpoints': noHome,
        'a discard': noHome,
        'the store': noHome,
      },
      left: 0,
    })
  },
)
