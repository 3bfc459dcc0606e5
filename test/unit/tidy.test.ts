import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { complaints } from './tidy/rules.ts'

const root = new URL('../../', import.meta.url)

test('the sources keep to the borders', () => {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  const paths = listed
    .split('\0')
    .filter(path => /\.(ts|mjs|js|md|json|html)$/.test(path) && path !== 'package-lock.json')
    .filter(path => existsSync(new URL(path, root)))
  expect(paths).toContain('src/upload/upload.ts')
  const files = paths.map(path => ({ path, text: readFileSync(new URL(path, root), 'utf8') }))
  expect(complaints(files)).toEqual([])
})

const bad: [what: string, path: string, text: string][] = [
  [
    'a stage imports the engine',
    'src/oss/x.ts',
    "import { resumableUpload } from '../upload/upload.ts'\n",
  ],
  ['a room without a border', 'src/somewhere/x.ts', 'export const x = 1\n'],
  [
    'a step imports a later step',
    'src/upload/start/x.ts',
    "import { complete } from '../complete/complete.ts'\n",
  ],
  [
    'a stage imports a stage',
    'src/plan/x.ts',
    "import { foldRecords } from '../journal/fold.ts'\n",
  ],
  [
    'a stage imports a runtime',
    'src/journal/x.ts',
    "import type { F } from '../runtimes/node/f.ts'\n",
  ],
  [
    'the server imports the client',
    'src/server/x.ts',
    "import type { A } from '../oss/sign-v4.ts'\n",
  ],
  ['the server re-exports the client', 'src/server/x.ts', "export * from '../oss/sign-v4.ts'\n"],
  ['the server imports ports by value', 'src/server/x.ts', "import { x } from '../ports.ts'\n"],
  [
    'the command goes past the public API',
    'src/cli/commands/x.ts',
    "import { x } from '../../oss/x.ts'\n",
  ],
  [
    'the command loads past the public API',
    'src/cli/x.ts',
    "const x = await import('../upload/upload.ts')\n",
  ],
  ['the command uses an internal member', 'src/cli/x.ts', 'bucket.client.address\n'],
  ['the command takes an internal member out', 'src/cli/x.ts', 'const { ports } = bucket\n'],
  ['a hash imports anything', 'src/hash/x.ts', "import { y } from '../limits.ts'\n"],
  [
    'the engine imports a runtime',
    'src/upload/upload.ts',
    "import { x } from '../runtimes/node/index.ts'\n",
  ],
  [
    'a runtime imports the command',
    'src/runtimes/node/x.ts',
    "import { x } from '../../cli/main.ts'\n",
  ],
  ['an import of several lines', 'src/hash/x.ts', "import {\n  y,\n} from '../limits.ts'\n"],
  ['an import for its effect', 'src/plan/x.ts', "import '../cli/main.ts'\n"],
  ['the core imports Node.js', 'src/plan/x.ts', "import { readFile } from 'node:fs/promises'\n"],
  ['src imports tests', 'src/plan/x.ts', "import { x } from '../../test/x.ts'\n"],
  ['wall time in the core', 'src/schedule/x.ts', 'const now = Date.now()\n'],
  ['a timer in the core', 'src/upload/upload.ts', 'setTimeout(() => {}, 5)\n'],
  ['chance in the core', 'src/schedule/x.ts', 'return Math.random()\n'],
  ['the network in the core', 'src/oss/x.ts', "await fetch('https://example.com')\n"],
  ['asynchronous hashing in the core', 'src/hash/x.ts', "await crypto.subtle.digest('MD5', x)\n"],
  ['the time by another name', 'src/journal/x.ts', 'const at = new Date()\n'],
  ['an error of one realm', 'src/oss/x.ts', 'if (error instanceof Error) throw error\n'],
  ['bytes of one realm', 'src/source/x.ts', 'return x instanceof Uint8Array\n'],
  [
    'a stream of one package',
    'src/runtimes/node/x.ts',
    "import { Readable } from 'node:stream'\nreturn x instanceof Readable\n",
  ],
  ["a listener on a caller's signal", 'src/upload/x.ts', "s.addEventListener('abort', f)\n"],
  ['a signal that leaks', 'src/upload/x.ts', 'return AbortSignal.any([a, b])\n'],
  ['a status that any server can answer', 'src/upload/x.ts', 'if (error.status === 403) return\n'],
  ['an export that changes', 'src/cli/x.ts', 'export let x = 1\n'],
  ['a long file', 'src/server/x.ts', 'x\n'.repeat(401)],
  ['any', 'src/cli/x.ts', 'const x = y as any\n'],
  ['a double cast', 'test/unit/x.test.ts', 'const x = y as unknown as string\n'],
  ['a switched-off line', 'src/cli/x.ts', '// @ts-ignore\n'],
  ['a home', 'docs/x.md', 'see /home/someone/notes\n'],
  ['a Mac', 'src/cli/x.ts', "const x = '/Users/Someone/x'\n"],
  ['a hook of a module', 'test/unit/support/x.ts', 'afterAll(() => close())\n'],
  ['a look after a kill', 'scripts/x.mjs', "kill('SIGKILL'); readdirSync(folder)\n"],
]

test('no two rooms import each other, directly or through others', () => {
  const shown = execFileSync(process.execPath, ['scripts/architecture.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(shown).toContain(', 0 circles between rooms')
})

test('no folder gains words that our English drops', () => {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/plain-english.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test.each(bad)('is found: %s', (_, path, text) => {
  expect(complaints([{ path, text }])).toHaveLength(1)
})

const good: [what: string, path: string, text: string][] = [
  ['a stage and the ports', 'src/oss/x.ts', "import type { Clock } from '../ports.ts'\n"],
  ['a stage and the errors', 'src/oss/x.ts', "import { OssError } from '../errors.ts'\n"],
  [
    "another stage's types",
    'src/schedule/x.ts',
    "import type { Part } from '../plan/plan-parts.ts'\n",
  ],
  [
    'the server and the hashes',
    'src/server/operations/x.ts',
    "import { crc64 } from '../../hash/crc64.ts'\n",
  ],
  ['a type of the ports', 'src/server/x.ts', "import type { Clock } from '../ports.ts'\n"],
  [
    'the command and the public API',
    'src/cli/view/x.ts',
    "import { x } from '../../runtimes/node/index.ts'\n",
  ],
  ['a file of the same room', 'src/cli/commands/x.ts', "import { x } from './y.ts'\n"],
  ['the time in a runtime', 'src/runtimes/node/x.ts', 'return Date.now()\n'],
  ['a remark about the time', 'src/schedule/x.ts', '// Date.now() is not used here.\n'],
  ['a date of a given time', 'src/oss/x.ts', 'const date = new Date(now)\n'],
  [
    'an error of our own',
    'src/schedule/x.ts',
    "import { OssError } from '../errors.ts'\nreturn x instanceof OssError\n",
  ],
  ['a path of OSS', 'docs/x.md', '`oss://bucket/home/x` and ~/home/x\n'],
  ['a hook of a test file', 'test/unit/x.test.ts', 'afterAll(() => close())\n'],
  ['a hook of a function', 'test/e2e/x.ts', 'function x() {\n  afterAll(close)\n}\n'],
]

test.each(good)('is fine: %s', (_, path, text) => {
  expect(complaints([{ path, text }])).toEqual([])
})
