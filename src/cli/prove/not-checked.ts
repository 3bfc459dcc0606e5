import type { Reply } from './exchange.ts'

/** A fact could not be checked, for this reason. */
export class NotChecked extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotChecked'
  }
}

/** OSS refused a request of a check: the credentials lack a permission. */
export class NotPermitted extends NotChecked {
  constructor() {
    super('AccessDenied')
    this.name = 'NotPermitted'
  }
}

/** A step before the question was refused. */
export function refused({ status, code }: Reply): never {
  throw new NotChecked(`a request before the question was refused: ${status} ${code}`)
}
