// Which certificates to trust. Proxies come from environment variables.

import { readFileSync } from 'node:fs'
import { codeOf } from '../../foreign/error.ts'
import type { NetworkOptions } from '../../runtimes/node/index.ts'
import { type FlagValues, path, toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import type { Screen } from '../output/screen.ts'

export const networkFlags = {
  'ca-file': path('<file>', 'certificate authorities in PEM, instead of the built-in ones'),
  insecure: toggle('accept any certificate: only for diagnosis'),
}

type NetworkFlags = FlagValues<typeof networkFlags>

/** @throws {UsageError} if the file cannot be read; the library checks its contents */
export function networkOf({ 'ca-file': file, insecure }: NetworkFlags): {
  network: NetworkOptions
} {
  const ca = file === undefined ? undefined : readAuthorities(file)
  return { network: { ...(ca !== undefined && { ca }), ...(insecure && { insecure }) } }
}

/** Warns in every run and at every log level, so that the user does not overlook it. */
export function warnOfInsecure(screen: Screen): void {
  const message =
    'certificates are not checked (--insecure): others on the network can read and change everything'
  if (screen.json) screen.result('warning', { code: 'INSECURE', message }, '')
  screen.error(`ossup: ${screen.paint('yellow', 'warning:')} ${message}`)
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const found = codeOf(error)
    const code = found === undefined ? '' : ` (${found})`
    throw new UsageError(
      `--ca-file ${file} cannot be read${code}`,
      'Give a file with certificates in PEM.',
    )
  }
}
