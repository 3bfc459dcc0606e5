// A request to the bucket and its answer.

export interface Question {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Without a key, the request is about the bucket. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Changes the signed path and query before it is sent. */
  readonly change?: (target: string) => string
  /** Headers that are not signed. */
  readonly unsigned?: Readonly<Record<string, string>>
  /** Signed headers that are not sent. */
  readonly unsent?: Readonly<Record<string, string>>
  /** @default 'url' */
  readonly signedIn?: 'url' | 'header'
  /** How far the signer's clock is ahead. Milliseconds. @default 0 */
  readonly clockMs?: number
  /** AccessDenied is an answer, not a missing permission. */
  readonly mayBeDenied?: boolean
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Of an error document, else empty. */
  readonly code: string
  readonly ec: string
}

/** The text of the first element with this name, as it is written; or an empty string. */
export function element(document: string, name: string): string {
  return elements(document, name)[0] ?? ''
}

/** The content of each element with this name, as it is written. */
export function elements(document: string, name: string): string[] {
  const found = document.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))
  return [...found].map(([, text = '']) => text)
}

/** Status and code of an answer: `404 NoSuchKey`. */
export function said({ status, code }: Reply): string {
  return `${status} ${code}`.trim()
}

/** Returns `all` if each check passed, else the names of those that failed. */
export function missingOf(checks: Readonly<Record<string, boolean>>): string {
  const absent = Object.entries(checks).flatMap(([name, is]) => (is ? [] : [name]))
  return absent.length === 0 ? 'all' : `not: ${absent.join(', ')}`
}
