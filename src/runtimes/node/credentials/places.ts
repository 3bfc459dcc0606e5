// The places of credentials in the order of the search, and how each is checked.

import { CredentialsError } from '../../../errors.ts'
import type { ConfigFiles, FileKind } from './config-files.ts'
import { chosenByVariable, fileKinds, pathShown } from './config-files.ts'
import { halfSet, keysIn, oidcRoleIn } from './environment.ts'
import { type CredentialsLink, noFile } from './explanation.ts'
import { isOn, type Surroundings, variable } from './options.ts'
import type { CredentialsSource } from './source.ts'

/** A place that has a setting, working or not. */
interface Found {
  readonly source: CredentialsSource
  /** A more exact name of the place. */
  readonly name?: string
  /** True if no setting names this source. If the source fails, it counts as absent. */
  readonly isGuess?: boolean
  /** True if a setting names this source. Its failure is then an error. */
  readonly isChosen?: boolean
}

interface Absent {
  readonly outcome: 'not set' | 'skipped'
  readonly why: string
}

export interface Place {
  readonly source: CredentialsLink['source']
  readonly name: string
  /** Rejects if the setting of this source is wrong. */
  look(): Promise<Found | Absent>
}

const notSet = (why: string): Absent => ({ outcome: 'not set', why })

/** Variables before files, files before the machine. */
export function placesOf(around: Surroundings, files: ConfigFiles): Place[] {
  return [
    ...variablesOf(around),
    ...fileKinds.map(kind => fileOf(kind, around, files)),
    machineOf(around),
  ]
}

/** The profile that the user named comes first. It may have no credentials: then variables follow. */
export async function placesOfProfile(
  profile: string,
  around: Surroundings,
  files: ConfigFiles,
): Promise<Place[]> {
  const { kind, file } = await files.find(profile)
  const chosen: Place = {
    source: kind,
    name: `${file.path}, profile ${profile}`,
    async look() {
      const source = file.source(profile)
      return source === undefined
        ? notSet('says nothing of credentials')
        : { source, isChosen: true }
    },
  }
  const others = [...fileKinds.map(other => fileOf(other, around, files)), machineOf(around)]
  const why = `the profile ${profile} was asked for`
  return [
    chosen,
    ...variablesOf(around),
    ...others
      .filter(({ source }) => source !== kind)
      .map(place => ({
        ...place,
        look: async (): Promise<Absent> => ({ outcome: 'skipped', why }),
      })),
  ]
}

function variablesOf({ env }: Surroundings): Place[] {
  return [
    {
      source: 'environment',
      name: 'access keys in the environment',
      async look() {
        const keys = keysIn(env)
        if (keys !== undefined) return { source: keys.source, name: keys.variable }
        const half = halfSet(env)
        if (half === undefined) {
          return notSet('neither OSS_ACCESS_KEY_ID nor ALIBABA_CLOUD_ACCESS_KEY_ID is set')
        }
        // Half a pair is a mistake: other credentials might belong to another user.
        throw new CredentialsError(
          'MISSING_CREDENTIALS',
          `${half.set} is set, but ${half.missing} is not`,
          { hint: 'Set both or neither' },
        )
      },
    },
    {
      source: 'oidc',
      name: 'OIDC role in the environment (RRSA)',
      async look() {
        const role = oidcRoleIn(env)
        return 'missing' in role ? notSet(`no ${role.missing}`) : { source: role }
      },
    },
    {
      source: 'credentials-uri',
      name: 'ALIBABA_CLOUD_CREDENTIALS_URI',
      async look() {
        const uri = variable(env, 'ALIBABA_CLOUD_CREDENTIALS_URI')
        return uri === undefined ? notSet('no such variable') : { source: { kind: 'uri', uri } }
      },
    },
  ]
}

function fileOf(kind: FileKind, around: Surroundings, files: ConfigFiles): Place {
  const path = pathShown(kind, around)
  return {
    source: kind,
    name: path,
    async look() {
      if (!files.kinds().includes(kind)) {
        return { outcome: 'skipped', why: 'switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED' }
      }
      const file = await files.get(kind)
      if (file === undefined) return notSet(noFile)
      const choice = chosenByVariable(kind, around)
      const profile = choice?.profile ?? file.current
      if (!file.has(profile)) {
        if (choice !== undefined) await refuseUnknown(choice, around, files)
        return notSet(`no profile ${profile} in it`)
      }
      const source = file.source(profile)
      const name = `${path}, profile ${profile}`
      return source === undefined
        ? notSet(`its profile ${profile} says nothing of credentials`)
        : { source, name, isChosen: choice !== undefined }
    },
  }
}

/** The variable is for several files: one of the existing files must have its profile. */
async function refuseUnknown(
  { name, profile }: { readonly name: string; readonly profile: string },
  around: Surroundings,
  files: ConfigFiles,
): Promise<void> {
  const kinds = files.kinds().filter(kind => chosenByVariable(kind, around)?.name === name)
  for (const kind of kinds) {
    if ((await files.get(kind))?.has(profile)) return
  }
  throw await files.noSuchProfile(profile, kinds)
}

function machineOf({ env }: Surroundings): Place {
  return {
    source: 'ecs-role',
    name: 'RAM role of this ECS instance',
    async look() {
      if (isOn(env, 'ALIBABA_CLOUD_ECS_METADATA_DISABLED')) {
        return { outcome: 'skipped', why: 'switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED' }
      }
      const isGuess = variable(env, 'ALIBABA_CLOUD_ECS_METADATA') === undefined
      return { source: { kind: 'ecs-role', role: {} }, isGuess }
    },
  }
}
