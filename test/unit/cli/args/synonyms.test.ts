// Words from other tools: each gets the right word, or a plain sentence that it is not supported.

import { describe, expect, test } from 'vitest'
import { commandInstead, commandWords } from '../../../../src/cli/args/command-synonyms.ts'
import { parseRequest } from '../../../../src/cli/args/parse.ts'
import { UsageError } from '../../../../src/cli/args/usage-error.ts'
import { commands } from '../../../../src/cli/commands.ts'

describe('commands', () => {
  // ossutil, rclone, aws s3, gsutil, mc, and plain words.
  test.each([
    ['cp', /ossup upload .*ossup download/],
    ['copy', /ossup upload .*ossup download/],
    ['mv', /Objects cannot be copied or moved inside OSS yet/],
    ['sync', /ossup upload .*deletes nothing/],
    ['mirror', /ossup upload .*deletes nothing/],
    ['put', /ossup upload/],
    ['get', /ossup download/],
    ['delete', /ossup rm/],
    ['purge', /ossup rm -r/],
    ['presign', /ossup sign/],
    ['signurl', /ossup sign/],
    ['size', /ossup du/],
    ['list', /ossup ls/],
    ['lsl', /ossup ls/],
    ['head', /ossup stat/],
    ['abort', /ossup clean/],
    ['config', /OSS_ACCESS_KEY_ID/],
    ['login', /ossup doctor/],
    ['rb', /ossup deletes no buckets/],
    ['mkdir', /OSS has no folders/],
    ['lifecycle', /Not supported/],
    ['check', /ossup verify/],
    ['probe', /ossup doctor/],
    ['PUT', /ossup upload/],
    ['put_object', /ossup upload/],
  ])('%s', (typed, instead) => {
    expect(commandInstead(typed)).toMatch(instead)
  })

  test('none of them is a command, and none is answered twice', () => {
    for (const word of commandWords) expect(Object.keys(commands)).not.toContain(word)
    expect(new Set(commandWords).size).toBe(commandWords.length)
  })

  test('all commands that answers name exist', () => {
    const named = commandWords.flatMap(word =>
      [...(commandInstead(word) ?? '').matchAll(/ossup ([a-z]+)\b/g)].map(([, name]) => name),
    )
    const words = ['has', 'deletes', 'help']
    for (const name of new Set(named)) {
      if (!words.includes(name ?? '')) expect(Object.keys(commands)).toContain(name)
    }
  })
})

describe('flags', () => {
  test.each([
    // Names of before.
    ['upload', '--threshold=1', 'Write --multipart-threshold.'],
    ['upload', '--limit=1', 'Write --bandwidth.'],
    ['upload', '--meta=a=1', 'Write --metadata.'],
    ['upload', '--tag=a=1', 'Write --tags.'],
    ['upload', '--header=a=1', 'Write --headers.'],
    ['upload', '--spool=x', 'Write --spool-dir.'],
    ['upload', '--expect-size=1', 'Write --expected-size.'],
    ['clean', '--spool=x', 'Write --spool-dir.'],
    ['sign', '--header=a=1', 'Write --headers.'],
    // Names of other tools.
    ['upload', '-j', 'Write --concurrency.'],
    ['upload', '--jobs=3', 'Write --concurrency.'],
    ['upload', '--parallel=3', 'Write --concurrency.'],
    ['upload', '--transfers=3', 'Write --concurrency.'],
    ['upload', '--num_threads=3', 'Write --concurrency.'],
    ['upload', '--bwlimit=3M', 'Write --bandwidth.'],
    ['upload', '--maxspeed=3', 'Write --bandwidth.'],
    ['upload', '--chunk-size=3M', 'Write --part-size.'],
    ['upload', '--bigfile-threshold=3', 'Write --multipart-threshold.'],
    ['upload', '-r', 'A folder is always taken with everything in it'],
    ['upload', '--recursive', 'A folder is always taken with everything in it'],
    ['upload', '--delete', 'Nothing is deleted here'],
    ['upload', '-u', 'Files are compared by size and CRC-64'],
    ['upload', '--dryrun', 'Write --dry-run.'],
    ['upload', '-e', 'Write --endpoint.'],
    ['upload', '-i', 'Keys are no arguments'],
    ['upload', '--access-key-secret=x', 'Keys are no arguments'],
    ['upload', '--no-clobber', 'Write --forbid-overwrite.'],
    ['upload', '--cache-control=no-cache', 'Write --headers cache-control'],
    ['upload', '--sse=AES256', 'Write --encryption.'],
    ['upload', '--progress', 'Write --verbose.'],
    ['download', '-f', 'Write --overwrite.'],
    ['download', '--yes', 'Write --overwrite.'],
    ['rm', '-y', 'Write --force.'],
    ['ls', '-h1', undefined],
    ['ls', '--human-readable', 'Write --human.'],
    ['sign', '--expires-in=3', 'Write --expires.'],
    ['stat', '-k', 'Write --insecure.'],
    ['stat', '--output=json', 'Write --json.'],
    ['serve', '-p', 'Write --port.'],
    // Slips of the fingers come last.
    ['upload', '--part-sise=1', 'Did you mean --part-size?'],
  ] as const)('%s %s', async (name, typed, hint) => {
    const command = await commands[name].load()
    const refused = () => parseRequest(name, command, ['x', typed])
    expect(refused).toThrow(UsageError)
    const expected = `${hint === undefined ? '' : `${hint}`}`
    expect(refused).toThrow(expect.objectContaining({ hint: expect.stringContaining(expected) }))
    expect(refused).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(`See ossup help ${name}.`) }),
    )
  })
})
