// The snippets of a page as programs. The only change made to them is the address: what goes to OSS goes to a
// local OSS here, and the package is taken from `dist`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { expect } from 'vitest'
import { root, startProcess } from './command.ts'

export interface Snippet {
  readonly language: string
  readonly text: string
}

/** The fenced blocks of a page, in their order. */
export function snippetsIn(page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', snippet = '']) => ({ language, text: snippet }),
  )
}

/** Node.js 20 runs no types. */
function withoutTypes(code: string): string {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } }
  return transformSync(code, { loader: 'ts', target: 'es2022', tsconfigRaw }).code
}

/** Runs a snippet in that folder and gives what it printed; it must end well and without complaints. */
export async function runSnippet(
  code: string,
  { endpoint, env, folder }: { endpoint: string; env: Record<string, string>; folder: string },
): Promise<string> {
  const library = pathToFileURL(join(root, 'dist/runtimes/node/index.js')).href
  const server = pathToFileURL(join(root, 'dist/server/index.js')).href
  const file = join(folder, `snippet-${code.length}.mjs`)
  const local = code
    .replaceAll("'ossup'", `'${library}'`)
    .replaceAll("'ossup/server'", `'${server}'`)
    .replaceAll("endpoint: 'https://oss-cn-hangzhou.aliyuncs.com'", `endpoint: '${endpoint}'`)
    .replace("region: 'cn-hangzhou' })", `region: 'cn-hangzhou', endpoint: '${endpoint}' })`)
    .replace(
      "region: 'cn-hangzhou', logger",
      `region: 'cn-hangzhou', endpoint: '${endpoint}', logger`,
    )
  writeFileSync(file, withoutTypes(local))
  const { code: status, stdout, stderr } = await startProcess([file], env, folder).ended
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.toString()
}
