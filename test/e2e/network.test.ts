// The command behind a proxy and with certificates of its own.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { certificateFor } from '../unit/support/certificate.ts'
import { loopbackProxy } from '../unit/support/loopback-proxy.ts'
import { jsonLines, ossup } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const tls = certificateFor(['DNS:*.oss.test', 'DNS:oss.test', 'IP:127.0.0.1'])
const { oss, env } = await localOss({ tls, hosts: ['oss.test'] })
const proxy = await loopbackProxy({ port: oss.port, login: 'user:secret' })
afterAll(() => proxy.close())
const folder = temporaryFolder()
const [file, ca] = [join(folder, 'file.bin'), join(folder, 'ca.pem')]
noiseFile(file, 3_000_000)
writeFileSync(ca, tls.cert)

const parts = [
  '--multipart-threshold',
  '1MiB',
  '--part-size',
  '1MiB',
  '--checkpoint-dir',
  join(folder, 'c'),
]
const upload = ['upload', file, 'oss://examplebucket/key', ...parts, '--json']
const behind = { ...env, OSS_ENDPOINT: 'https://oss.test' }
const through = (login: string) => ({ HTTPS_PROXY: proxy.address.replace('://', `://${login}`) })

test('an upload takes the proxy of the environment', async () => {
  const outcome = await ossup([...upload, '--ca-file', ca], {
    ...behind,
    ...through('user:secret@'),
  })
  expect(outcome.stderr).toBe('')
  expect(jsonLines(outcome).at(-1)).toMatchObject({ type: 'result', verified: 'crc64', parts: 3 })
  expect(proxy.asked).toContain('CONNECT examplebucket.oss.test:443')
})

test('an unusable proxy is reported before anything starts', async () => {
  const kept = join(folder, 'never')
  const outcome = await ossup(
    ['upload', file, 'oss://examplebucket/key', '--checkpoint-dir', kept],
    {
      ...behind,
      HTTPS_PROXY: 'socks5://p',
    },
  )
  expect(outcome.code).toBe(2)
  expect(outcome.stderr).toMatch(/HTTPS_PROXY names a proxy of the kind socks5/)
  expect(existsSync(kept)).toBe(false)
})

test('NODE_EXTRA_CA_CERTS is enough', async () => {
  const more = { ...through('user:secret@'), NODE_EXTRA_CA_CERTS: ca }
  expect((await ossup(['ls', 'oss://examplebucket'], { ...behind, ...more })).code).toBe(0)
})

test('a refusal names the proxy and no password, and is not tried again', async () => {
  const outcome = await ossup(upload, { ...behind, ...through('user:wrong-one@') })
  expect(outcome.code).toBe(8)
  expect(jsonLines(outcome).at(-1)).toMatchObject({ code: 'PROXY_REFUSED', retryable: false })
  expect(outcome.stderr).toContain(`The proxy ${proxy.address} does not accept`)
  expect(outcome.stderr).toContain('HTTPS_PROXY')
  expect(outcome.stderr + outcome.stdout).not.toContain('wrong-one')
})

test.each([[[]], [['--json']], [['--quiet']]])('--insecure %j is said', async flags => {
  const outcome = await ossup(['ls', 'oss://examplebucket', '--insecure', ...flags], env)
  expect(outcome.code).toBe(0)
  expect(outcome.stderr).toMatch(/^ossup: warning: certificates are not checked \(--insecure\)/)
  if (flags.includes('--json')) {
    expect(jsonLines(outcome)[0]).toMatchObject({ type: 'warning', code: 'INSECURE' })
  }
})

test.each([
  ['an unknown authority', [], {}, 8, /--ca-file or NODE_EXTRA_CA_CERTS/],
  ['a file that is not there', ['--ca-file', join(folder, 'absent')], {}, 2, /absent .*ENOENT/],
  ['a file without a certificate', ['--ca-file', file], {}, 2, /no certificate.*\(--ca-file\)/],
  [
    'a SOCKS proxy',
    [],
    { ALL_PROXY: 'socks5://u:secret@p', OSS_ENDPOINT: 'https://oss.test' },
    2,
    /^ossup: .*ALL_PROXY names a proxy of the kind socks5/,
  ],
])('%s', async (_, flags, change, code, message) => {
  const outcome = await ossup(['ls', 'oss://examplebucket', ...flags], { ...env, ...change })
  expect(outcome.stderr).toMatch(message)
  expect(outcome.stderr).not.toContain('secret')
  expect(outcome.code).toBe(code)
})
