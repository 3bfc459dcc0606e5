// The lines of the report for people. They are not fitted to the terminal, because a person copies them.

import { printable } from '../output/printable.ts'
import type { Leftover } from './clean-up.ts'
import type { Finding } from './examine.ts'

interface Head {
  readonly version: string
  readonly date: string
  readonly region: string
  readonly endpoint: string
  readonly versioning: string
}

export function reportHead({ version, date, region, endpoint, versioning }: Head): string {
  return [
    `ossup prove, version ${version}, ${date}`,
    `region ${region}, endpoint ${endpoint}, versioning of the bucket: ${versioning}`,
    '',
  ].join('\n')
}

export function findingLine({ id, title, state, expected, observed, reason }: Finding): string {
  const line = `${id}: ${title}: `
  if (state === 'not-permitted') return `  -  ${line}not permitted`
  if (state === 'not-checked') return `  -  ${line}${printable(reason ?? '')}`
  const seen = printable(observed || 'none')
  if (state === 'holds') return `  ok ${line}${seen}`
  return `  != ${line}${seen}, expected ${expected || 'none'}`
}

export function leftLine({ kind, key, id }: Leftover): string {
  return printable(`  left: ${kind} ${key}${id === undefined ? '' : ` (${id})`}`)
}
