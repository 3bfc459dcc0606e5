import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, ossup, start } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'

const folder = temporaryFolder()

function firstLine(text: string): Record<string, string> {
  return JSON.parse(text.split('\n')[0] ?? '')
}

test('serve, mb, upload, cat; the data and the keys outlive the server', async () => {
  const data = join(folder, 'data')
  const file = join(folder, 'file.bin')
  const content = noiseFile(file, 100_000)
  const keys: unknown[] = []
  for (const round of [1, 2]) {
    const server = start(['serve', '--port', '0', '--data', data, '--json'])
    const serving = firstLine(await server.saw(/"type":"serving".*\n/))
    expect(serving.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const env = {
      OSS_ENDPOINT: serving.endpoint,
      OSS_REGION: serving.region,
      OSS_ACCESS_KEY_ID: serving.accessKeyId,
      OSS_ACCESS_KEY_SECRET: serving.accessKeySecret,
    }
    keys.push([serving.accessKeyId, serving.accessKeySecret])
    if (round === 1) {
      expect((await ossup(['mb', 'oss://examplebucket'], env)).code).toBe(0)
      expect((await ossup(['upload', file, 'oss://examplebucket/a'], env)).code).toBe(0)
    }
    const down = await ossup(['cat', 'oss://examplebucket/a'], env)
    expect(down.stdout.equals(content)).toBe(true)
    server.child.kill('SIGINT')
    const end = await server.ended
    expect(end.code).toBe(0)
    expect(jsonLines(end).at(-1)).toMatchObject({ type: 'result' })
  }
  expect(keys[1]).toEqual(keys[0])
})

test("the user's own key pair is taken and not repeated", async () => {
  const own = { OSS_ACCESS_KEY_ID: 'own-id', OSS_ACCESS_KEY_SECRET: 'own-secret-of-the-user' }
  const data = join(folder, 'own')
  const server = start(['serve', '--port', '0', '--data', data, '--create-buckets'], own)
  const seen = await server.saw(/export OSS_ENDPOINT=\S+/)
  const [, endpoint] = /OSS_ENDPOINT=(\S+)/.exec(seen) ?? []
  const env = { ...own, OSS_ENDPOINT: endpoint, OSS_REGION: 'cn-hangzhou' }
  expect((await ossup(['ls', 'oss://examplebucket'], env)).code).toBe(0)
  const taken = await ossup([
    'serve',
    '--port',
    new URL(endpoint ?? '').port,
    '--data',
    join(folder, 'x'),
  ])
  expect(taken.code).toBe(2)
  expect(taken.stderr).toContain('is taken')
  server.child.kill('SIGTERM')
  const end = await server.ended
  expect(end.stdout.toString() + end.stderr).not.toContain(own.OSS_ACCESS_KEY_SECRET)
})

test('a key pair that was made is readable to its owner alone', async () => {
  const data = join(folder, 'data-of-keys')
  const server = start(['serve', '--port', '0', '--data', data, '--json'])
  const { accessKeySecret } = firstLine(await server.saw(/"type":"serving".*\n/))
  server.child.kill('SIGTERM')
  await server.ended
  const path = join(data, 'keys.json')
  expect(readFileSync(path, 'utf8')).toContain(accessKeySecret)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})
