// The access keys of the server, and the actions that each key may use.

/** An access key pair and its limits. */
export interface KeyPair {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Makes the key a temporary one: requests must carry this token. */
  readonly securityToken?: string
  /** The time when a temporary key expires, epoch milliseconds. */
  readonly expiresAt?: number
  /** The actions that the key may use, with `*` as a wildcard: `oss:PutObject`, `oss:List*`. Default: all. */
  readonly allow?: readonly string[]
  /** The actions that the key may not use. Takes precedence over `allow`. */
  readonly deny?: readonly string[]
}

/** The keys by id. Keys may be added and removed while the server runs. */
export class KeyRing {
  readonly #keys = new Map<string, KeyPair>()

  constructor(keys: readonly KeyPair[] = []) {
    for (const key of keys) this.add(key)
  }

  /** Adds a key, or replaces the key with that id. */
  add(key: KeyPair): void {
    this.#keys.set(key.accessKeyId, key)
  }

  remove(accessKeyId: string): void {
    this.#keys.delete(accessKeyId)
  }

  get(accessKeyId: string): KeyPair | undefined {
    return this.#keys.get(accessKeyId)
  }

  /** Returns whether any key has this token. */
  knowsToken(securityToken: string): boolean {
    return this.all().some(key => key.securityToken === securityToken)
  }

  all(): KeyPair[] {
    return [...this.#keys.values()]
  }
}

/** Returns whether the key may use the action. */
export function mayUse(key: KeyPair, action: string): boolean {
  if (key.deny?.some(pattern => matches(pattern, action))) return false
  return key.allow === undefined || key.allow.some(pattern => matches(pattern, action))
}

function matches(pattern: string, action: string): boolean {
  const pieces = pattern.split('*').map(piece => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.*')}$`, 'i').test(action)
}
