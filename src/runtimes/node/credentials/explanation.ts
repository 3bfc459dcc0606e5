// The result of each place of credentials, for `ossup doctor` and for logs.

import type { Credentials } from '../../../ports.ts'
import { shortId } from './masked.ts'

/** One place of credentials and its result. It contains no secret. */
export interface CredentialsLink {
  readonly source:
    | 'environment'
    | 'oidc'
    | 'credentials-uri'
    | 'ossutil'
    | 'aliyun'
    | 'alibabacloud'
    | 'ecs-role'
  /** The name of the place for users: `~/.ossutilconfig, profile dev`. */
  readonly name: string
  readonly outcome: 'used' | 'not set' | 'skipped' | 'failed'
  /** What was used, or why nothing was used. */
  readonly why: string
  /** Only for a failure: true if a later try may succeed. */
  readonly retryable?: true
  /** For a failure: true if no setting names the place, so that the failure is not an error. */
  readonly isGuess?: true
  /** For the used place: the access key id, shortened. */
  readonly accessKeyId?: string
  /** For the used place: when the credentials expire, epoch milliseconds. */
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

/** Why no place had credentials, in one sentence. Rarely used places without a setting are left out. */
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
