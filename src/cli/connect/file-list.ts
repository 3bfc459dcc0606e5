// Reads the list of `--files-from`: file names, one per line or separated by NUL, as `find -print0` prints them.

import { readFile } from 'node:fs/promises'
import { codeOf } from '../../foreign/error.ts'
import { UsageError } from '../args/usage-error.ts'

/** @param path the path of the list; `-` is standard input */
export async function readFileList(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
): Promise<readonly string[]> {
  return namesIn((path === '-' ? await readAll(stdin) : await readList(path)).toString())
}

/** CR LF counts as a line end only if every line ends in it, because a file name may contain CR. */
export function namesIn(text: string): readonly string[] {
  const bare = text.replace(/^\ufeff/, '')
  const lines = bare.split(bare.includes('\0') ? '\0' : '\n')
  const names = lines.filter(line => line !== '' && line !== '\r')
  const isCrLf =
    !bare.includes('\0') && names.length > 0 && names.every(name => name.endsWith('\r'))
  return isCrLf ? names.map(name => name.slice(0, -1)) : names
}

async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stdin) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function readList(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = codeOf(error)
    const why = code === undefined ? '' : ` (${code})`
    throw new UsageError(
      `--files-from ${path} cannot be read${why}`,
      'Name a file with one name per line, or - for standard input.',
    )
  }
}
