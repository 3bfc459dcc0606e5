// Tries the places of credentials, one after the other, and keeps the result of each. The first place with a setting is
// used. If it cannot give credentials, that is an error: the next place might belong to another user than the one who
// was meant.

import { CredentialsError, isOssupError } from '../../../errors.ts'
import type { CredentialsProvider } from '../../../ports.ts'
import { ConfigFiles } from './config-files.ts'
import { type CredentialsLink, describeAbsence, usedLink } from './explanation.ts'
import type { Surroundings } from './options.ts'
import { type Place, placesOf, placesOfProfile } from './places.ts'
import { describeSource, providerOf } from './source.ts'

export interface Resolution {
  /** One result for each place, in the order of the search. */
  readonly links: readonly CredentialsLink[]
  /** The credentials of the source in use. If no source has any, `error` has the reason. */
  readonly provider?: CredentialsProvider
  readonly error?: unknown
}

/**
 * @param profile a profile that the user named
 * @throws {OptionError} `INVALID_PROFILE` if there is no such profile
 */
export async function resolveCredentials(
  around: Surroundings,
  profile: string | undefined,
): Promise<Resolution> {
  const files = new ConfigFiles(around)
  const places =
    profile === undefined ? placesOf(around, files) : await placesOfProfile(profile, around, files)
  const links: CredentialsLink[] = []
  let end: Omit<Tried, 'link'> = {}
  for (const place of places) {
    if (end.provider !== undefined || end.error !== undefined) {
      links.push(passedBy(place, links))
      continue
    }
    const { link, ...rest } = await tryPlace(place, around)
    links.push(link)
    end = rest
  }
  if (end.provider === undefined && end.error === undefined) end = { error: missing(links) }
  return { links, ...end }
}

interface Tried {
  readonly link: CredentialsLink
  readonly provider?: CredentialsProvider
  readonly error?: unknown
}

async function tryPlace(place: Place, around: Surroundings): Promise<Tried> {
  const { source, name } = place
  let found = { source, name }
  let isGuess = false
  try {
    const look = await place.look()
    if ('outcome' in look) return { link: { source, name, ...look } }
    isGuess = look.isGuess ?? false
    found = { source, name: look.name ?? name }
    const what = describeSource(look.source)
    if (look.source.kind === 'unsupported' && !look.isChosen) {
      return { link: { ...found, outcome: 'skipped', why: `${what} is not supported` } }
    }
    const provider = await providerOf(look.source, around)
    const credentials = await provider({ refresh: false })
    return { link: usedLink(found, what, credentials), provider }
  } catch (error) {
    if (!isOssupError(error)) throw error
    const link: CredentialsLink = {
      ...found,
      outcome: 'failed',
      why: error.message,
      ...(error.retryable && { retryable: true }),
      ...(isGuess && { isGuess: true }),
    }
    return isGuess ? { link } : { link, error }
  }
}

function passedBy({ source, name }: Place, before: readonly CredentialsLink[]): CredentialsLink {
  const used = before.find(({ outcome }) => outcome === 'used')
  const why = used === undefined ? 'one before it failed' : `${used.name} comes first`
  return { source, name, outcome: 'skipped', why }
}

function missing(links: readonly CredentialsLink[]): CredentialsError {
  const message = `No credentials: ${describeAbsence(links)}`
  return new CredentialsError('MISSING_CREDENTIALS', message, {
    hint: 'Set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET (with temporary ones OSS_SESSION_TOKEN as well), or choose a profile',
  })
}
