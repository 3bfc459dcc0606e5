// Finds the place of a bucket from options, variables and a profile. Region and endpoint of one source belong together:
// an endpoint is not used if its source is for another region.

import type { BucketOptions } from '../../../bucket/bucket-options.ts'
import { isOssupError } from '../../../errors.ts'
import { parseEndpoint } from '../../../oss/endpoint-host.ts'
import type { Location } from './config-file.ts'
import { regionIn } from './environment.ts'
import { type Surroundings, variable } from './options.ts'

/** @param profile a profile that the user named: it comes before variables */
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

/** Removes options that are `undefined`: they would hide values from other sources. */
function knownOnly({ name, ...rest }: BucketOptions): BucketOptions {
  const known = Object.entries(rest).filter(([, value]) => value !== undefined)
  return { name, ...Object.fromEntries(known) }
}

/** Adds the values of `location` that are not known yet, unless it is for another region. */
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

/** A given region replaces only OSS_REGION. OSS_ENDPOINT is still used, unless it is OSS's endpoint of another region. */
function variablesOf({ env }: Surroundings, given: BucketOptions): Location {
  const region = given.region === undefined ? regionIn(env) : undefined
  const endpoint = variable(env, 'OSS_ENDPOINT')
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  }
}

/** The location from the first file that has one, in the profile that is used. */
async function locationIn(
  { name, ...known }: BucketOptions,
  around: Surroundings,
): Promise<Location> {
  const { ConfigFiles, chosenByVariable } = await import('./config-files.ts')
  const files = new ConfigFiles(around)
  for (const kind of files.kinds()) {
    // Files of this kind have no location.
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
      // The user did not name this file, so its errors do not matter.
      const isNeeded = regionOf(known) === undefined || choice !== undefined
      if (isNeeded || !isOssupError(error)) throw error
    }
  }
  return {}
}
