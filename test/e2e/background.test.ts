// The command without a user in front of it: under nohup, in scripts that ignore signals, in the background.

import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, startProgram } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, bytes } = await localOss()
const folder = temporaryFolder()
const file = join(folder, 'file.bin')
const content = noiseFile(file, 3_000_000)

/** An upload that takes about a second, in parts. */
const upload = (key: string) => [
  ...[process.execPath, bin, 'upload', file, `oss://examplebucket/${key}`],
  ...['--multipart-threshold', '1MiB', '--part-size', '100KiB', '--bandwidth', '3MiB'],
  ...['--checkpoint-dir', join(folder, key)],
]
const json = [...upload('nohup'), '--json']

const isLinux = process.platform === 'linux'
const hasProgram = (name: string) => spawnSync(name, ['--version']).error === undefined

test.skipIf(!isLinux)(
  'what GNU nohup leaves as standard input: a HUP changes nothing',
  async () => {
    const nohupInput = openSync('/dev/null', 'w')
    const { child, saw, ended } = startProgram(json, env, { stdio: [nohupInput, 'pipe', 'pipe'] })
    await saw(/"type":"part"/)
    child.kill('SIGHUP')
    const { code, signal, stdout } = await ended
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    expect(stdout.toString()).toContain('"type":"result"')
    expect((await bytes('nohup')).equals(content)).toBe(true)
  },
)

test.skipIf(!isLinux)('signals that the calling script ignores stay ignored', async () => {
  const script = `trap '' INT HUP; "$@"; echo "code $?"`
  const args = ['sh', '-c', script, 'sh', ...upload('script'), '--json']
  const { child, saw, ended } = startProgram(args, env, { detached: true })
  await saw(/"type":"part"/)
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.kill(-(child.pid ?? 0), signal)
  expect((await ended).stdout.toString()).toMatch(/code 0\n$/)
  expect((await bytes('script')).equals(content)).toBe(true)
})

/** Everything that a terminal gets from a shell that runs this line. */
async function onTerminal(line: string): Promise<string> {
  const args = ['script', '-qefc', `bash -c '${line}'`, '/dev/null']
  const shown = await startProgram(args, { ...env, TERM: 'xterm-256color', CI: '' }).ended
  return shown.stdout.toString()
}

const canDraw = isLinux && hasProgram('script') && hasProgram('bash')

test.skipIf(!canDraw)(
  'a job in the background draws nothing and leaves the cursor alone',
  async () => {
    const line = upload('background').join(' ')
    expect(await onTerminal(line.replace('/background', '/foreground'))).toContain('\x1b[?25l')
    const shown = await onTerminal(`set -m; ${line} & wait $!`)
    expect(shown).not.toContain('\x1b[?25')
    expect(shown).toContain('oss://examplebucket/background')
    expect(shown).toContain('verified')
  },
)
