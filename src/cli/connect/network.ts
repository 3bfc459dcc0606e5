// The way to OSS as flags: whom to trust. Proxies come from the environment.

import { readFileSync } from 'node:fs'
import { codeOf } from '../../foreign/error.ts'
import type { NetworkOptions } from '../../runtimes/node/index.ts'
import { type FlagValues, text, toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import type { Screen } from '../output/screen.ts'

export const networkFlags = {
  'ca-file': text('<file>', 'certificate authorities to trust instead of the built-in ones, PEM'),
  insecure: toggle('take any certificate: for finding out what is wrong, never for use'),
}

type NetworkFlags = FlagValues<typeof networkFlags>

/** @throws {UsageError} if the file cannot be read; what is in it is looked at by the library. */
export function networkOf({ 'ca-file': file, insecure }: NetworkFlags): {
  network: NetworkOptions
} {
  const ca = file === undefined ? undefined : readAuthorities(file)
  return { network: { ...(ca !== undefined && { ca }), ...(insecure && { insecure }) } }
}

/** Said in every run and at every level: who looks away here must know it. */
export function warnOfInsecure(screen: Screen): void {
  const message =
    'certificates are not checked (--insecure): anybody on the way can read and change what is sent'
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
