// What became of each place where credentials can come from: for `ossup doctor` and for logs.

import type { Credentials } from '../../../ports.ts'
import { shortId } from './masked.ts'

/** One place where credentials can come from, and what became of it. Holds no secret. */
export interface CredentialsLink {
  readonly source:
    | 'environment'
    | 'oidc'
    | 'credentials-uri'
    | 'ossutil'
    | 'aliyun'
    | 'alibabacloud'
    | 'ecs-role'
  /** For people: `~/.ossutilconfig, profile dev`. */
  readonly name: string
  readonly outcome: 'used' | 'not set' | 'skipped' | 'failed'
  /** In words: what was used, or why not. */
  readonly why: string
  /** Of what failed: it may be another time, so asking again later helps. */
  readonly retryable?: true
  /** Of what failed: nobody had said that it is there, so that it failed is no error. */
  readonly isGuess?: true
  /** Of what is used; shortened. */
  readonly accessKeyId?: string
  /** Of what is used and ends, epoch milliseconds. */
  readonly expiresAt?: number
}

export type LinkPlace = Pick<CredentialsLink, 'source' | 'name'>

export function usedLink(
  place: LinkPlace,
  why: string,
  { accessKeyId, expiresAt }: Credentials,
): CredentialsLink {
  return {
    ...place,
    outcome: 'used',
    why,
    accessKeyId: shortId(accessKeyId),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

/** `~/.ossutilconfig, profile dev: used: access keys, LTAI…wxyz`. */
export function describeLink({
  name,
  outcome,
  why,
  accessKeyId,
  expiresAt,
}: CredentialsLink): string {
  const facts = [
    why,
    ...(accessKeyId === undefined ? [] : [accessKeyId]),
    ...(expiresAt === undefined ? [] : [`until ${new Date(expiresAt).toISOString()}`]),
  ]
  return `${name}: ${outcome}: ${facts.join(', ')}`
}

/** Why no place had any, in one sentence; places that hardly anybody uses are left out where nothing is there. */
export function describeAbsence(links: readonly CredentialsLink[]): string {
  const absent = links.filter(({ why }) => why === noFile).map(({ name }) => name)
  const others = links.filter(
    ({ why, outcome, source }) =>
      why !== noFile && (outcome !== 'not set' || !/^(?:oidc|credentials-uri)$/.test(source)),
  )
  return [
    ...others.map(({ name, why, source }) => (source === 'environment' ? why : `${name}: ${why}`)),
    ...(absent.length === 0 ? [] : [`no file ${absent.join(', ')}`]),
  ].join('; ')
}

export const noFile = 'no such file'
