// The command against the local OSS of `npm start`, which is started if it does not run.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startLocalOss } from './start-local-oss.mjs'

const nothing = {
  write(_, done) {
    done?.()
    return true
  },
  on() {},
}
const silence = { stdout: nothing, stderr: nothing }

/**
 * @param home the folder of what `npm start` keeps between runs
 * @returns `hostFor(streams)`: what `main` takes as its process; `endpoint`; `close`
 */
export async function localOss(home, say) {
  const { main } = await import('../dist/cli/main.js')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const probe = async env => (await main(['mb', 'oss://local'], hostWith(env, silence))) === 0
  const { env, close } = await startLocalOss({
    envFile: join(home, 'env'),
    data: join(home, 'data'),
    isOurs: probe,
    ...(say !== undefined && { say }),
  })
  return { hostFor: streams => hostWith(env, streams), endpoint: env.OSS_ENDPOINT, close }
}

/** This process, with another OSS in its environment. */
function hostWith(env, { stdout, stderr }) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('OSS_'))
  return {
    env: { ...Object.fromEntries(others), ...env },
    stdin: process.stdin,
    stdout,
    stderr,
    on: (event, listener) => process.on(event, listener),
    off: (event, listener) => process.off(event, listener),
    exit: code => process.exit(code),
    // No ossup is in PATH, so no command is named that could be typed next.
    isTyped: false,
  }
}
