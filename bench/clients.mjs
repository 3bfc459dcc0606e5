// The clients that are measured, each as a command line for one upload.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setup as installPeers } from '../scripts/install-peers.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))

/** The command that is measured everywhere. */
export const ossup = here('../dist/cli/bin.js')
export const packageRoot = here('../')

const all = '{endpoint} {bucket} {key} {file} {part} {parallel} {folder}'

/**
 * By name, in the order of the tables. Of the folder `rig`, if there is one, come the raw writer
 * (`bin/raw`), the floor, and the client of the OSS Go SDK (`bin/go-v1`), the yardstick.
 */
export function findClients(rig) {
  const clients = new Map()
  const own = `${process.execPath} ${ossup} upload {file} oss://{bucket}/{key} --endpoint {endpoint} --region cn-hangzhou --part-size {part} --concurrency {parallel} --checkpoint-dir {folder}`
  for (const name of ['raw', 'go-v1']) {
    if (rig !== undefined && existsSync(`${rig}/bin/${name}`)) {
      clients.set(name, `${rig}/bin/${name} ${all}`)
    }
  }
  clients.set('ossup', own)
  installPeers()
  clients.set('ali-oss', `${process.execPath} ${here('ali-oss.mjs')} ${all}`)
  return clients
}

/** The words of a command line with its places filled in; no shell is involved. */
export function words(template, values) {
  return template
    .split(' ')
    .map(word => word.replace(/\{(\w+)\}/g, (_, name) => String(values[name])))
}

export function versions() {
  const read = path => JSON.parse(readFileSync(here(path), 'utf8')).version
  return { ossup: read('../package.json'), 'ali-oss': read('./node_modules/ali-oss/package.json') }
}
