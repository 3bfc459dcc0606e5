// The local OSS in a process of its own, from the sources: for checks that kill it or drive it from outside.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles the server. `start(options)` runs it; `remove()` deletes the bundle. */
export function bundleServer() {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-server-'))
  const entry = join(folder, 'serve.mjs')
  const bundle = join(folder, 'bundle.mjs')
  writeFileSync(
    entry,
    `import { serve } from ${JSON.stringify(join(root, 'src/server/index.ts'))}
     const oss = await serve({ ...JSON.parse(process.argv[2]), onError: error => console.error(error) })
     console.log(JSON.stringify({ port: oss.port, endpoint: oss.endpoint }))
     process.on('SIGTERM', () => oss.close())`,
  )
  buildSync({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'warning',
  })
  return {
    start: options => start(bundle, options),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Resolves once the server listens. `kill(signal)` resolves once the process has ended. */
async function start(bundle, options) {
  const child = spawn(process.execPath, [bundle, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  const kill = async signal => {
    child.kill(signal)
    await gone
  }
  let text = ''
  for await (const chunk of child.stdout) {
    text += chunk
    if (text.includes('\n')) return { ...JSON.parse(text), pid: child.pid, kill }
  }
  throw new Error('The server ended before it listened.')
}
