// Where a bucket is: what is given, what variables say, what a profile says. Region and endpoint of one
// place belong together: an endpoint is not taken from where another region is meant.

import type { BucketOptions } from '../../../bucket/bucket-options.ts'
import { isOssupError } from '../../../errors.ts'
import { parseEndpoint } from '../../../oss/endpoint-host.ts'
import type { Location } from './config-file.ts'
import { regionIn } from './environment.ts'
import { type Surroundings, variable } from './options.ts'

/** @param profile that was asked for by name: it comes before variables */
export async function locateBucket(
  options: BucketOptions,
  around: Surroundings,
  profile: string | undefined,
): Promise<BucketOptions> {
  const given = knownOnly(options)
  if (profile !== undefined) {
    const { ConfigFiles } = await import('./config-files.ts')
    const { file } = await new ConfigFiles(around).find(profile)
    return fill(fill(given, file.location(profile, given.name)), variablesOf(around, given))
  }
  const filled = fill(given, variablesOf(around, given))
  if (regionOf(filled) !== undefined && hasHost(filled)) return filled
  return fill(filled, await locationIn(filled, around))
}

/** An option that is `undefined` would stand in the way of what is found. */
function knownOnly({ name, ...rest }: BucketOptions): BucketOptions {
  const known = Object.entries(rest).filter(([, value]) => value !== undefined)
  return { name, ...Object.fromEntries(known) }
}

/** Takes from `location` what is not known yet, unless it is about another region. */
function fill(known: BucketOptions, location: Location): BucketOptions {
  const region = regionOf(known)
  const itsRegion = regionOf(location)
  if (region !== undefined && itsRegion !== undefined && region !== itsRegion) return known
  const filled =
    region === undefined && itsRegion !== undefined ? { ...known, region: itsRegion } : known
  const { region: _, ...addressing } = location
  return hasHost(known) ? filled : { ...addressing, ...filled }
}

function hasHost({ endpoint, internal, accelerate }: BucketOptions): boolean {
  return endpoint !== undefined || internal === true || accelerate === true
}

/** @throws {OptionError} `INVALID_ENDPOINT` */
function regionOf({
  region,
  endpoint,
}: {
  region?: string | undefined
  endpoint?: string | undefined
}): string | undefined {
  return region ?? (endpoint === undefined ? undefined : parseEndpoint(endpoint).region)
}

/** A region that is given replaces OSS_REGION alone: OSS_ENDPOINT holds, unless it is OSS's own of another region. */
function variablesOf({ env }: Surroundings, given: BucketOptions): Location {
  const region = given.region === undefined ? regionIn(env) : undefined
  const endpoint = variable(env, 'OSS_ENDPOINT')
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  }
}

/** What the first file that says anything of places says, in the profile that counts. */
async function locationIn(
  { name, ...known }: BucketOptions,
  around: Surroundings,
): Promise<Location> {
  const { ConfigFiles, chosenByVariable } = await import('./config-files.ts')
  const files = new ConfigFiles(around)
  for (const kind of files.kinds()) {
    // Says nothing of places.
    if (kind === 'alibabacloud') continue
    const choice = chosenByVariable(kind, around)
    try {
      const file = await files.get(kind)
      const profile = choice?.profile ?? file?.current ?? ''
      if (file === undefined) continue
      if (!file.has(profile)) {
        if (kind === 'ossutil' && choice) throw await files.noSuchProfile(profile, [kind])
        continue
      }
      const location = file.location(profile, name)
      if (Object.keys(location).length > 0) return location
    } catch (error) {
      // Nothing is needed from a file that nobody has named.
      const isNeeded = regionOf(known) === undefined || choice !== undefined
      if (isNeeded || !isOssupError(error)) throw error
    }
  }
  return {}
}
