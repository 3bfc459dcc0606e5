import { createRequire } from 'node:module'
import { join } from 'node:path'
import type AliOss from 'ali-oss'
import { root } from './command.ts'

/** Where scripts/install-peers.mjs has installed it. */
export const aliOssFolder = join(root, 'bench', 'node_modules', 'ali-oss')

/** The official SDK for Node.js. */
export const aliOss: typeof AliOss = createRequire(import.meta.url)(aliOssFolder)
