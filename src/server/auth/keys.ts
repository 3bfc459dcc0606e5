// The access keys that the server knows, and what each of them may do.

/** An access key pair, with its limits. */
export interface KeyPair {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Makes it a temporary one: requests must carry the token. */
  readonly securityToken?: string
  /** When a temporary one ends, epoch milliseconds. */
  readonly expiresAt?: number
  /** The actions it may use, `*` as a wildcard: `oss:PutObject`, `oss:List*`. Default: all. */
  readonly allow?: readonly string[]
  /** The actions it may not use; beats `allow`. */
  readonly deny?: readonly string[]
}

/** The keys by id. May change while the server runs, as tokens do. */
export class KeyRing {
  readonly #keys = new Map<string, KeyPair>()

  constructor(keys: readonly KeyPair[] = []) {
    for (const key of keys) this.add(key)
  }

  /** Adds a key, or replaces the one of that id. */
  add(key: KeyPair): void {
    this.#keys.set(key.accessKeyId, key)
  }

  remove(accessKeyId: string): void {
    this.#keys.delete(accessKeyId)
  }

  get(accessKeyId: string): KeyPair | undefined {
    return this.#keys.get(accessKeyId)
  }

  /** Whether any key has this token. */
  knowsToken(securityToken: string): boolean {
    return this.all().some(key => key.securityToken === securityToken)
  }

  all(): KeyPair[] {
    return [...this.#keys.values()]
  }
}

/** Whether the key may use the action. */
export function mayUse(key: KeyPair, action: string): boolean {
  if (key.deny?.some(pattern => matches(pattern, action))) return false
  return key.allow === undefined || key.allow.some(pattern => matches(pattern, action))
}

function matches(pattern: string, action: string): boolean {
  const pieces = pattern.split('*').map(piece => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.*')}$`, 'i').test(action)
}
