// What the guide shows works: every TypeScript snippet compiles against the sources, strictly, and those that
// need no more than a local OSS run.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'
import { runSnippet, snippetsIn } from './snippets.ts'

const folder = temporaryFolder()
const { oss, env, bytes, bucket } = await localOss()
afterAll(() => bucket.ports.transport.close())

const pages = readdirSync(join(root, 'docs/guide'))
  .filter(name => name.endsWith('.md'))
  .map(name => `docs/guide/${name}`)

const run = (code: string) =>
  runSnippet(code, { endpoint: oss.endpoint, env: { ...env, HOME: folder }, folder })

function snippet(page: string, containing: string): string {
  const found = snippetsIn(`docs/guide/${page}.md`).filter(({ text }) => text.includes(containing))
  expect(found, `${page}: ${containing}`).toHaveLength(1)
  return found[0]?.text ?? ''
}

test('every TypeScript snippet compiles', () => {
  const snippets = [...pages, 'README.md'].flatMap(page =>
    snippetsIn(page)
      .filter(({ language, text }) => language === 'ts' && !text.includes('@nestjs'))
      .map(({ text }, at) => ({ name: `${page.replaceAll(/\W/g, '-')}-${at}.mts`, text })),
  )
  expect(snippets.length).toBeGreaterThan(15)
  const project = join(folder, 'snippets')
  mkdirSync(project)
  for (const { name, text } of snippets) writeFileSync(join(project, name), `${text}\nexport {}\n`)
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  const paths = {
    ossup: [join(root, 'src/runtimes/node/index.ts')],
    'ossup/server': [join(root, 'src/server/index.ts')],
    vitest: [join(root, 'node_modules/vitest/dist/index.d.ts')],
  }
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...compilerOptions,
        // A snippet shows a name that the reader goes on to use.
        noUnusedLocals: false,
        noUnusedParameters: false,
        noEmit: true,
        paths,
        typeRoots: [join(root, 'node_modules/@types')],
        types: ['node'],
      },
      include: ['*.mts'],
    }),
  )
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', project], {
    encoding: 'utf8',
  })
  expect(stdout.split('\n').slice(0, 20)).toEqual([''])
  expect(status).toBe(0)
})

test('getting started: upload, progress, pause, list and resume', async () => {
  const content = noiseFile(join(folder, 'backup.tar'), 11_000_000, 5)
  const page = 'getting-started'
  expect(await run(snippet(page, 'from an earlier run'))).toMatch(/^11000000 bytes, CRC-64 \d+, 0 /)
  expect(await run(snippet(page, 'bytesPerSecond'))).toMatch(/^100 % /m)
  expect(await run(snippet(page, 'AbortController'))).toBe('paused\n')
  expect((await bytes('backups/backup.tar')).equals(content)).toBe(true)
  await run(snippet(page, 'listCheckpoints'))
})

test('many files', async () => {
  mkdirSync(join(folder, 'photos'))
  writeFileSync(join(folder, 'photos', 'a.jpg'), 'a photo')
  writeFileSync(join(folder, 'photos', 'b.tmp'), 'no photo')
  writeFileSync(join(folder, 'notes.txt'), 'notes')
  expect(await run(snippet('many-files', 'uploadFiles'))).toBe('2 0\n')
  expect((await bytes('backup/a.jpg')).toString()).toBe('a photo')
})

test('observing', async () => {
  const snippets = snippetsIn('docs/guide/observing.md')
  expect(snippets).toHaveLength(2)
  for (const { text } of snippets) await run(text)
})

test('faults of the local OSS', async () => {
  await run(snippet('local-oss', 'lose-answer'))
})

test('the policies are JSON', () => {
  const policies = pages.flatMap(page =>
    snippetsIn(page).filter(
      ({ language, text }) => language === 'json' && text.includes('"Version"'),
    ),
  )
  expect(policies).toHaveLength(4)
  for (const { text } of policies) expect(JSON.parse(text).Statement[0].Effect).toBe('Allow')
})
