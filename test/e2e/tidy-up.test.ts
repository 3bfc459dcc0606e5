// status, resume and clean: unfinished uploads are shown, finished, or aborted and removed.

import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jsonLines, type Outcome, ossup, type Running, start } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const mib = 1024 ** 2
const folder = temporaryFolder()
const { oss, env, bucket, bytes } = await localOss()
/** What the checkpoint knows need not be said again. */
const credentials = { ...env, OSS_ENDPOINT: '', OSS_REGION: '' }
const file = join(folder, 'file.bin')
const content = noiseFile(file, 6 * mib + 1234)
const dirOf = (name: string) => ['--checkpoint-dir', join(folder, name)]
const target = (key: string) => `oss://examplebucket/${key}`
const last = (outcome: Outcome) => jsonLines(outcome).at(-1)
const typesOf = (outcome: Outcome) => jsonLines(outcome).map(({ type }) => type)

/** An upload that is under way, for most of a minute, with at least one part confirmed. */
async function running(
  dir: string,
  key: string,
  more: string[] = [],
  from = file,
  limit = '128KiB',
): Promise<Running> {
  const args = [
    'upload',
    from,
    target(key),
    '--json',
    '--multipart-threshold',
    '1MiB',
    '--part-size',
    '100KiB',
  ]
  const upload = start([...args, '--bandwidth', limit, ...dirOf(dir), ...more], env)
  await upload.saw(/"type":"part"/)
  return upload
}

/** The same, faster, and killed. */
async function killed(dir: string, key: string, more?: string[], from?: string): Promise<void> {
  const { child, ended } = await running(dir, key, more, from, '512KiB')
  child.kill('SIGKILL')
  await ended
}

function age(dir: string, days: number): void {
  const at = Date.now() / 1000 - days * 86_400
  for (const name of readdirSync(join(folder, dir)).filter(name => name.endsWith('.journal'))) {
    utimesSync(join(folder, dir, name), at, at)
  }
}

const status = (dir: string, ...more: string[]) =>
  ossup(['status', '--json', ...dirOf(dir), ...more], env)
const unfinished = async (prefix: string) => (await bucket.listMultipartUploads({ prefix })).uploads

describe('resume', () => {
  test('by the beginning of its id, with the headers it was begun with', async () => {
    await killed('one', 'one', ['--metadata', 'a=b', '--content-type', 'x/y', '--acl', 'private'])
    const [info] = jsonLines(await status('one'))
    expect(info).toMatchObject({ type: 'checkpoint', state: 'sending', source: file })
    const id = String(info?.id).slice(0, 6)
    const outcome = await ossup(['resume', id, '--json', ...dirOf('one')], credentials)
    expect(outcome.code).toBe(0)
    expect(typesOf(outcome)).toContain('resumed')
    expect(typesOf(outcome)).not.toContain('started')
    const [uploaded, end] = jsonLines(outcome).slice(-2)
    expect(uploaded).toMatchObject({ type: 'uploaded', key: 'one', size: content.length })
    expect(end).toEqual({ v: 1, type: 'result', uploaded: 1, tidied: 0, skipped: 0, failed: 0 })
    expect((await bytes('one')).equals(content)).toBe(true)
    const head = await bucket.headObject({ key: 'one' })
    expect(head).toMatchObject({ contentType: 'x/y', metadata: { a: 'b' } })
    expect(await unfinished('one')).toEqual([])
    expect(last(await status('one'))).toMatchObject({ checkpoints: 0 })
  })

  test('standard input is left out of all, and status says how to go on', async () => {
    const args = ['upload', '-', 'oss://examplebucket/piped', '--json', ...dirOf('piped')]
    const piped = start([...args, '--part-size', '1MiB', '--bandwidth', '2MiB'], env)
    piped.child.stdin?.on('error', () => {})
    piped.child.stdin?.write(content)
    await piped.saw(/"type":"part"/)
    piped.child.kill('SIGKILL')
    await piped.ended
    const text = (await ossup(['status', ...dirOf('piped')])).stdout.toString()
    expect(text).toContain('from standard input (or a stream)\n')
    expect(text).toMatch(/MiB safe, its size is not known: offer it again with `… \| ossup upl/)
    const all = await ossup(['resume', '--all', '--json', ...dirOf('piped')], credentials)
    expect(all.code).toBe(0)
    expect(jsonLines(all)).toMatchObject([
      { type: 'skipped', key: 'piped', sourceKind: 'stream' },
      { type: 'result', uploaded: 0, skipped: 1 },
    ])
    const alone = await ossup(
      ['resume', String(jsonLines(await status('piped'))[0]?.id), ...dirOf('piped')],
      credentials,
    )
    expect(alone.code).toBe(4)
    expect(alone.stderr).toMatch(/^ossup: piped: The source was a stream/)
    expect(alone.stderr).not.toContain('same command')
  })

  test('all of them; one whose source is gone does not stop the others and is kept', async () => {
    const other = join(folder, 'other.bin')
    noiseFile(other, 6 * mib, 2)
    await killed('all', 'all/gone', [], other)
    await killed('all', 'all/here')
    renameSync(other, `${other}.away`)
    const outcome = await ossup(['resume', '--all', '--json', ...dirOf('all')], credentials)
    expect(outcome.code).toBe(9)
    expect(jsonLines(outcome)).toContainEqual(
      expect.objectContaining({
        type: 'failed',
        key: 'all/gone',
        code: 'SOURCE_MISSING',
        exitCode: 4,
      }),
    )
    expect(last(outcome)).toMatchObject({
      type: 'error',
      code: 'SOME_FAILED',
      uploaded: 1,
      failed: 1,
    })
    expect((await bytes('all/here')).equals(content)).toBe(true)
    const [info] = jsonLines(await status('all'))
    const alone = await ossup(['resume', String(info?.id), ...dirOf('all')], credentials)
    expect(alone.code).toBe(4)
    expect(alone.stderr).toMatch(
      /There is no file .*other\.bin any more\. Put it back, or .* ossup clean \w{10}\n/,
    )
    renameSync(`${other}.away`, other)
    expect((await ossup(['resume', '--all', ...dirOf('all')], credentials)).code).toBe(0)
    expect((await ossup(['resume', '--all', ...dirOf('all')], credentials)).stderr).toBe(
      'No unfinished uploads.\n',
    )
  })

  test('standard input cannot be opened again, and it is said how', async () => {
    const { child, saw, ended } = start(
      ['upload', '-', target('stream'), '--json', '--part-size', '1MiB', ...dirOf('stream')],
      env,
    )
    child.stdin?.on('error', () => {})
    child.stdin?.write(content.subarray(0, 3 * mib))
    await saw(/"type":"part"/)
    child.kill('SIGKILL')
    await ended
    const [info] = jsonLines(await status('stream'))
    const outcome = await ossup(['resume', String(info?.id), ...dirOf('stream')], credentials)
    expect(outcome.code).toBe(4)
    expect(outcome.stderr).toContain('ossup upload -')
    expect(await unfinished('stream')).toHaveLength(1)
  })

  test('a callback has to be given again', async () => {
    const callback = '{"callbackUrl":"http://127.0.0.1:1/","callbackBody":"x"}'
    await killed('callback', 'callback', ['--callback', callback])
    const outcome = await ossup(['resume', '--all', '--json', ...dirOf('callback')], credentials)
    expect(jsonLines(outcome)[0]).toMatchObject({ type: 'failed', code: 'MISSING_CALLBACK' })
    expect(outcome.code).toBe(9)
  })

  test.each([
    [[], 2, /which one/],
    [['abc', '--all'], 2, /contradict/],
    [['abc'], 2, /no unfinished upload/],
    [['--all'], 3, /OSS_ACCESS_KEY_ID/],
  ])('%j is refused', async (args, code, message) => {
    if (code === 3) await killed('refused', 'refused')
    const outcome = await ossup(['resume', ...args, ...dirOf('refused')], {})
    expect(outcome.code).toBe(code)
    expect(outcome.stderr).toMatch(message)
  })
})

describe('clean', () => {
  const clean = (dir: string, ...more: string[]) =>
    ossup(['clean', '--json', ...dirOf(dir), ...more], credentials)

  test('by age, first as a dry run', async () => {
    await killed('old', 'old')
    expect(last(await clean('old'))).toMatchObject({ type: 'result', cleaned: 0, younger: 1 })
    age('old', 8)
    expect(jsonLines(await status('old'))[0]).toMatchObject({ updatedAt: expect.any(Number) })
    const dry = await clean('old', '--dry-run')
    expect(jsonLines(dry)).toMatchObject([
      { type: 'cleaned', key: 'old', dryRun: true },
      { type: 'result', cleaned: 1, dryRun: true },
    ])
    expect(await unfinished('old')).toHaveLength(1)
    expect(last(await clean('old', '--older-than', '9d'))).toMatchObject({ younger: 1 })
    const outcome = await ossup(['clean', ...dirOf('old')], credentials)
    expect(outcome.code).toBe(0)
    expect(outcome.stdout.toString()).toMatch(
      /^removed oss:\/\/examplebucket\/old from .*file\.bin, last change 8 days ago\n1 upload removed\n$/,
    )
    expect(await unfinished('old')).toEqual([])
    expect(readdirSync(join(folder, 'old'))).toEqual([])
  })

  test('spool files that no checkpoint goes on from, by age', async () => {
    const spool = join(folder, 'spool')
    mkdirSync(spool)
    const [old, young] = ['a', 'b'].map(letter => `${letter.repeat(40)}.ossup-spool`)
    for (const name of [old, young, 'mine.txt']) writeFileSync(join(spool, name ?? ''), 'bytes')
    const at = Date.now() / 1000 - 8 * 86_400
    for (const name of [old, 'mine.txt']) utimesSync(join(spool, name ?? ''), at, at)
    expect(jsonLines(await status('spooled', '--spool-dir', spool))).toMatchObject([
      { type: 'spool-file', path: join(spool, old ?? ''), size: 5, isWhole: true },
      { type: 'spool-file', path: join(spool, young ?? '') },
      { type: 'result', spoolFiles: 2 },
    ])
    const dry = await clean('spooled', '--spool-dir', spool, '--dry-run')
    expect(last(dry)).toMatchObject({ spoolFiles: 1, younger: 1, dryRun: true })
    expect(readdirSync(spool)).toHaveLength(3)
    const outcome = await ossup(['clean', ...dirOf('spooled'), '--spool-dir', spool], credentials)
    expect(outcome.stdout.toString()).toMatch(/^removed spool file .*5 bytes, last change 8 days/)
    expect(readdirSync(spool).sort()).toEqual([young, 'mine.txt'])
  })

  test('by id, of any age, and no other', async () => {
    await killed('ids', 'ids/one')
    await killed('ids', 'ids/two')
    const [one] = jsonLines(await status('ids')).filter(({ key }) => key === 'ids/one')
    const id = String(one?.id).slice(0, 10)
    expect(jsonLines(await clean('ids', id, '--dry-run'))).toMatchObject([
      { type: 'cleaned', key: 'ids/one', dryRun: true },
      { type: 'result', cleaned: 1 },
    ])
    const astray = await clean('ids', id, 'zzz')
    expect(astray).toMatchObject({ code: 2 })
    expect(await unfinished('ids/')).toHaveLength(2)
    expect(await clean('ids', id, '--older-than', '1d')).toMatchObject({ code: 2 })
    expect(last(await clean('ids', id))).toMatchObject({ cleaned: 1, younger: 0 })
    expect((await unfinished('ids/')).map(({ key }) => key)).toEqual(['ids/two'])
  })

  test('one that is running is left alone, and shown as such', async () => {
    const { child, ended } = await running('busy', 'busy')
    const shown = await status('busy')
    expect(jsonLines(shown)[0]).toMatchObject({ owner: { pid: child.pid, isCertain: true } })
    const outcome = await clean('busy', '--older-than', '0s')
    expect(outcome.code).toBe(0)
    expect(jsonLines(outcome)).toMatchObject([
      { type: 'running', key: 'busy', owner: { pid: child.pid } },
      { type: 'result', cleaned: 0, running: 1 },
    ])
    child.kill('SIGTERM')
    expect((await ended).code).toBe(143)
    expect(last(await clean('busy', '--older-than', '0s'))).toMatchObject({ cleaned: 1 })
    expect(await unfinished('busy')).toEqual([])
  })

  test('where OSS refuses, the checkpoint stays and a later run aborts the upload', async () => {
    await killed('refused-abort', 'refused-abort')
    const { accessKeyId, accessKeySecret } = oss.key
    oss.keys.add({ accessKeyId, accessKeySecret, deny: ['oss:AbortMultipartUpload'] })
    const outcome = await clean('refused-abort', '--older-than', '0s')
    oss.keys.add({ accessKeyId, accessKeySecret })
    expect(outcome.code).toBe(9)
    expect(jsonLines(outcome)).toMatchObject([
      { type: 'failed', key: 'refused-abort', code: 'AccessDenied', exitCode: 8 },
      { type: 'error', code: 'SOME_FAILED', failed: 1, exitCode: 9 },
    ])
    const [info] = jsonLines(await status('refused-abort'))
    expect(info).toMatchObject({
      state: 'cleanup',
      pendingAborts: { uploadIds: [expect.any(String)] },
    })
    // It is of no more use, so its age does not count.
    expect(last(await clean('refused-abort'))).toMatchObject({ cleaned: 1 })
    expect(await unfinished('refused-abort')).toEqual([])
  })

  test("others' only below a prefix, by when they were begun", async () => {
    await killed('others', 'others/ours')
    await bucket.initiateMultipartUpload({ key: 'others/theirs' })
    await bucket.initiateMultipartUpload({ key: 'elsewhere' })
    const shown = await status('others', target('others/'))
    expect(jsonLines(shown)).toMatchObject([
      { type: 'checkpoint', key: 'others/ours' },
      { type: 'upload', key: 'others/theirs' },
      { type: 'result', checkpoints: 1, unreadable: 0, uploads: 1 },
    ])
    const others = ['--others', target('others/')]
    const outcome = await ossup(['clean', '--json', ...dirOf('others'), ...others], env)
    expect(last(outcome)).toMatchObject({ cleaned: 0, aborted: 0, younger: 2 })
    const empty = join(folder, 'empty')
    const theirs = ['clean', '--json', '--checkpoint-dir', empty, '--older-than', '0s']
    expect(last(await ossup(theirs, env))).toMatchObject({ cleaned: 0, aborted: 0 })
    expect((await unfinished('others/')).length).toBe(2)
    await ossup(['resume', '--all', ...dirOf('others')], credentials)
    expect(jsonLines(await ossup([...theirs, ...others], env))).toMatchObject([
      { type: 'aborted', bucket: 'examplebucket', key: 'others/theirs', dryRun: false },
      { type: 'result', aborted: 1 },
    ])
    expect(await unfinished('others/')).toEqual([])
    expect(await unfinished('elsewhere')).toHaveLength(1)
    const all = await ossup(['clean', '--others', 'oss://examplebucket'], env)
    expect(all.code).toBe(2)
    expect(all.stderr).toContain('Name a prefix')
  })
})

test('a checkpoint that cannot be read is shown with the reason, and left', async () => {
  await killed('unreadable', 'unreadable')
  const dir = join(folder, 'unreadable')
  writeFileSync(join(dir, 'damaged.journal'), 'what is this?\n')
  expect(jsonLines(await status('unreadable'))).toMatchObject([
    { type: 'checkpoint', key: 'unreadable' },
    { type: 'unreadable', id: 'damaged', code: 'JOURNAL_UNREADABLE' },
    { type: 'result', checkpoints: 1, unreadable: 1, uploads: 0 },
  ])
  const words = await ossup(['status', '--checkpoint-dir', dir], env)
  expect(words.stdout.toString()).toMatch(
    /checkpoint damaged cannot be read\n {2}.*lost its beginning/,
  )
  const cleaned = await ossup(
    ['clean', '--older-than', '0s', '--json', '--checkpoint-dir', dir],
    credentials,
  )
  expect(jsonLines(cleaned)).toMatchObject([
    { type: 'cleaned' },
    { type: 'unreadable', id: 'damaged' },
    { type: 'result', cleaned: 1, unreadable: 1 },
  ])
  expect(readdirSync(dir)).toEqual(['damaged.journal'])
  const all = await ossup(['resume', '--all', '--json', '--checkpoint-dir', dir], credentials)
  expect(all.code).toBe(9)
})
