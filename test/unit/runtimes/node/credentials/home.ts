// A home with the configuration files that a test wants, and nothing of the machine that it runs on.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

export const ossutil = '.ossutilconfig'
export const aliyun = join('.aliyun', 'config.json')
export const alibabacloud = join('.alibabacloud', 'credentials')

/** Makes a home with these files. Content that is not a string is written as JSON. */
export type HomeWith = (files: Readonly<Record<string, unknown>>) => string

/** Homes for the tests of one file, removed after them. */
export function homes(): HomeWith {
  const parent = mkdtempSync(join(tmpdir(), 'ossup-home-'))
  afterAll(() => rmSync(parent, { recursive: true, force: true }))
  return files => {
    const home = mkdtempSync(join(parent, 'home-'))
    for (const [path, content] of Object.entries(files)) {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
    return home
  }
}

/** No role of the machine that runs the tests. */
export const off = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' }

export const keysOf = (name: string) =>
  `access_key_id=${name}-id\naccess_key_secret=${name}-secret\n`

export function cliProfile(name: string, more = {}) {
  return {
    name,
    mode: 'AK',
    access_key_id: `${name}-id`,
    access_key_secret: `${name}-secret`,
    ...more,
  }
}
