import type { CredentialsProvider } from '../../../ports.ts'
import type { Surroundings } from './options.ts'
import { assumeRole, checkRole, type Role } from './sts.ts'

/** A role that `base` may assume. */
export function assumedRoleProvider(
  base: CredentialsProvider,
  role: Role,
  around: Surroundings,
): CredentialsProvider {
  return async () => {
    checkRole(role)
    return assumeRole(await base({ refresh: false }), role, around)
  }
}
