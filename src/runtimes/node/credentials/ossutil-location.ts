// The location of a bucket from ossutil's file: from the profile, and from settings for this bucket only.

import { parseEndpoint } from '../../../oss/endpoint-host.ts'
import type { Location } from './config-file.ts'
import { type IniEntry, type IniSection, looseName } from './ini.ts'

/** Values by loose name, such as `addressingstyle`. */
export type Settings = Readonly<Record<string, string | undefined>>

/** @param settings of the profile */
export function locationOf(
  settings: Settings,
  sections: readonly IniSection[],
  bucket: string | undefined,
): Location {
  const ofProfile = formed({ ...settings, endpoint: settings.endpoint || settings.host })
  if (bucket === undefined) return ofProfile
  const ofBucket = {
    ...hostOf(bucket, sections, 'bucketendpoint', {}),
    ...hostOf(bucket, sections, 'bucketcname', { cname: true }),
    ...formed(settingsOfBucket(bucket, sections, settings.buckets)),
  }
  return withOwn(ofProfile, ofBucket)
}

/** Settings for this bucket only come first, together with their addressing style. */
function withOwn(profile: Location, own: Location): Location {
  const endpointRegion = own.endpoint === undefined ? undefined : parseEndpoint(own.endpoint).region
  const region = own.region ?? endpointRegion ?? profile.region
  const isElsewhere = own.endpoint !== undefined || region !== profile.region
  return { ...(isElsewhere ? {} : profile), ...(region !== undefined && { region }), ...own }
}

/** `[Bucket-Endpoint]` and `[Bucket-Cname]` of ossutil 1: `bucket = host`. */
function hostOf(
  bucket: string,
  sections: readonly IniSection[],
  section: string,
  style: Location,
): Location {
  const entries = entriesOf(sections, name => looseName(name) === section)
  const endpoint = entries.findLast(({ name }) => name === bucket)?.value
  return endpoint ? { endpoint, ...style } : {}
}

const properties = new Set(['region', 'endpoint', 'addressingstyle'])

/** `[buckets NAME]` of ossutil 2: `bucket =`, followed by the settings of that bucket. */
function settingsOfBucket(
  bucket: string,
  sections: readonly IniSection[],
  buckets: string | undefined,
): Settings {
  const wanted = `buckets ${buckets}`.toLowerCase()
  const found: Record<string, string> = {}
  let current: string | undefined
  const isMeant = (name: string) => name.toLowerCase().replace(/\s+/g, ' ') === wanted
  for (const { name, value } of entriesOf(sections, isMeant)) {
    if (!properties.has(looseName(name))) current = name
    else if (current === bucket) found[looseName(name)] = value
  }
  return found
}

function entriesOf(
  sections: readonly IniSection[],
  isMeant: (name: string) => boolean,
): IniEntry[] {
  return sections.filter(({ name }) => isMeant(name)).flatMap(({ entries }) => entries)
}

function formed({ region, endpoint, addressingstyle: style }: Settings): Location {
  return {
    ...(region && { region }),
    ...(endpoint && { endpoint }),
    ...(style?.toLowerCase() === 'cname' && { cname: true }),
    ...(style?.toLowerCase() === 'path' && { pathStyle: true }),
  }
}
