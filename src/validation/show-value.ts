// How values from outside are written in messages: short, and never as the content that they may hold.

const lengthMax = 60

/** A value for a message: `'abc'`, `5`, `a Map`, `an array`, `an instance of Config`. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return showString(value)
    case 'symbol':
      return 'a symbol'
    case 'function':
      return 'a function'
    case 'bigint':
      return `${cut(String(value))}n`
    case 'object':
      return value === null ? 'null' : showObject(value)
    default:
      return String(value)
  }
}

/** A value that may be secret, or the content of an object: only its kind. */
export function showKind(value: unknown): string {
  return typeof value === 'string' ? `a string of ${value.length} characters` : showValue(value)
}

function showString(value: string): string {
  // Control characters could forge lines or steer a terminal; half a surrogate pair cannot be written at all.
  const visible = cut(value).replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\p{Surrogate}]/gu, escaped)
  return `'${visible}'`
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function cut(text: string): string {
  if (text.length <= lengthMax) return text
  return `${text.slice(0, lengthMax)}… (${text.length} characters)`
}

function showObject(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array'
    const name: unknown = Reflect.get(value, 'constructor')?.name
    if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object'
    const article = /^[AEIOU]/.test(name) ? 'an' : 'a'
    return isOwnClass(name) ? `an instance of ${cut(name)}` : `${article} ${cut(name)}`
  } catch {
    // A proxy, or a getter that throws.
    return 'an object that cannot be read'
  }
}

/** Classes of the language and of the web are known by their names. */
function isOwnClass(name: string): boolean {
  return !/^(?:Map|Set|Headers|FormData|URL|URLSearchParams|Date|RegExp|Promise|Buffer|Blob|File|Error|ArrayBuffer|DataView|ReadableStream|AbortController|AbortSignal|WeakMap|WeakSet|(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array)$/.test(
    name,
  )
}
