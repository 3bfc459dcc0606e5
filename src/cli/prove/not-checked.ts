import { OssError } from '../../runtimes/node/index.ts'

/** A fact could not be checked, for this reason. */
export class NotChecked extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotChecked'
  }
}

/** The code of OSS's refusal. A missing permission is no answer. */
export function serviceCode(error: unknown): string {
  if (!(error instanceof OssError)) throw error
  if (error.code === 'AccessDenied') throw new NotChecked('no permission: AccessDenied')
  return error.code
}
