// The completions of the built command in real shells: keys are typed at bash, zsh and fish, and what they
// make of them is compared. A shell that is not installed is a failure, unless --present is given.
//
//   node scripts/completions.mjs [--present]

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuild, root } from './setup.mjs'

ensureBuild()
const bin = join(root, 'dist', 'cli', 'bin.js')
const onlyPresent = process.argv.includes('--present')
const folder = mkdtempSync(join(tmpdir(), 'ossup-completions-'))
writeFileSync(join(folder, 'film of us.mp4'), '')
mkdirSync(join(folder, 'folder'))

/** The words before the Tab key, and the arguments that the command then gets. */
const cases = [
  ['downl', 'download'],
  ['upload --forb', 'upload --forbid-overwrite'],
  ['upload --storage-class Deep', 'upload --storage-class DeepColdArchive'],
  ['upload fil', 'upload film of us.mp4'],
  ['upload --checkpoint-dir fo', 'upload --checkpoint-dir folder'],
  ['sign --method P', 'sign --method PUT'],
  ['completion z', 'completion zsh'],
  ['help resu', 'help resume'],
]

/** The shell as it is started, without the user's own settings. */
const shells = {
  bash: { start: 'bash --norc --noprofile -i', ready: [] },
  zsh: { start: 'zsh -f -i', ready: ['autoload -Uz compinit && compinit -u -D'] },
  fish: undefined,
}

let passed = 0
let failed = 0
try {
  for (const shell of Object.keys(shells)) {
    if (spawnSync(shell, ['-c', ':']).error !== undefined) {
      if (!onlyPresent) report(shell, 'is not installed')
      else console.log(`${shell}: not installed, not tried`)
      continue
    }
    const script = join(folder, `completion.${shell}`)
    const { stdout } = spawnSync(process.execPath, [bin, 'completion', shell], { encoding: 'utf8' })
    writeFileSync(script, stdout)
    for (const [typed, expected] of cases) {
      const got = shell === 'fish' ? askFish(script, typed) : type(shell, script, typed)
      // fish says how it would go on, the others go on.
      const wanted = shell === 'fish' ? lastWord(typed, expected) : expected
      // zsh takes the slash behind a folder away again.
      if (got.trimEnd().replace(/\/$/, '') === wanted) passed += 1
      else report(shell, `'${typed}' became '${got}', not '${wanted}'`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function report(shell, what) {
  failed += 1
  console.error(`${shell}: ${what}`)
}

/** Types a line and a tabulator at the shell, on a terminal; `ossup` there says what it was given. */
function type(shell, script, typed) {
  const { start, ready } = shells[shell]
  const lines = [
    ...ready,
    `source '${script}'`,
    `ossup() { printf 'got:%s:got\\n' "$*"; }`,
    `ossup ${typed}\t`,
    'exit',
  ]
  const { stdout } = spawnSync('script', ['-qec', start, '/dev/null'], {
    cwd: folder,
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, TERM: 'dumb', PS1: '$ ', HOME: folder },
  })
  return [...stdout.matchAll(/^got:(.*):got/gm)].at(-1)?.[1] ?? stdout
}

function askFish(script, typed) {
  const ask = `source '${script}'; complete -C ${JSON.stringify(`ossup ${typed}`)}`
  const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', ask], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: folder },
  })
  const offered = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t')[0])
  return stderr + offered.join(' | ')
}

function lastWord(typed, expected) {
  const before = typed.slice(0, typed.lastIndexOf(' ') + 1)
  return expected.slice(before.length)
}
