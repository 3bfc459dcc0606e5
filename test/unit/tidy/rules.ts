// The borders and habits of this code base that neither the compiler nor the linter knows. Pure:
// sources in, complaints out, so that the rules themselves are tested on bad sources.

import { borders, platformAreas } from './borders.ts'

export interface SourceFile {
  /** From the root of the repository, with `/`: `src/oss/sign-v4.ts`. */
  readonly path: string
  readonly text: string
}

/** Complaints as `path:line: fault`, in the order of the files. */
export function complaints(files: readonly SourceFile[]): string[] {
  return files.flatMap(file =>
    rules.flatMap(rule => rule(file).map(({ line, what }) => `${file.path}:${line}: ${what}`)),
  )
}

interface Complaint {
  readonly line: number
  readonly what: string
}

type Rule = (file: SourceFile) => Complaint[]

const rules: readonly Rule[] = [
  members,
  imports,
  globals,
  foreign,
  listeners,
  refusals,
  changing,
  length,
  escapes,
  workplace,
  hooks,
  looks,
]

/** Imports that leave the room's border, or src/ itself. */
function imports({ path, text }: SourceFile): Complaint[] {
  const room = roomOf(path)
  if (room === undefined) return []
  const border = borders[room]
  if (border === undefined) return [{ line: 1, what: `the room '${room}' has no border` }]
  return importsOf(text).flatMap(({ target, typeOnly, line }) => {
    const wrong = (what: string) => [{ line, what: `${what}: '${target}'` }]
    if (!target.startsWith('.')) {
      const isCore = !isPlatformArea(room)
      return isCore && target.startsWith('node:') ? wrong('the core must run without Node.js') : []
    }
    const inside = resolveBelowSrc(path, target)
    if (inside === undefined) return wrong('imports from outside src/')
    const other = inside.includes('/') ? inside.slice(0, inside.lastIndexOf('/')) : inside
    const allowed = [room, ...border.values, ...(typeOnly ? border.types : [])]
    return allowed.includes(other) || allowed.includes(inside)
      ? []
      : wrong(`${room} must not import`)
  })
}

/** The command uses what every program can use: members marked @internal are not for it. */
const internals =
  /(?<!\.)\.(?:client|ports)\b|\bbucket\.(?:place|logger|guessContentType)\b|\{[^{}]*\b(?:client|ports)\b[^{}]*\}\s*(?::\s*Bucket\b|=)/

function members({ path, text }: SourceFile): Complaint[] {
  if (!path.startsWith('src/cli/')) return []
  return matches(withoutComments(text), internals).map(({ line, found }) => ({
    line,
    what: `'${found.trim()}' is not part of the public interface`,
  }))
}

/** Doors that only the ports may open. */
const doors =
  /\b(?:Date\.now|Math\.random|performance\.now|crypto\.subtle)\b|\b(?:setTimeout|setInterval|setImmediate|fetch|queueMicrotask)\s*\(|\bnew Date\(\s*\)|\b(?:localStorage|XMLHttpRequest)\b/

function globals({ path, text }: SourceFile): Complaint[] {
  const room = roomOf(path)
  if (room === undefined || /^(?:runtimes|server|cli)\b/.test(room)) return []
  return matches(withoutComments(text), doors).map(({ line, found }) => ({
    line,
    what: `${found.trim()} belongs behind a port`,
  }))
}

/**
 * Classes of the platform and of packages. Values of another realm (Jest, the vm pools of Vitest) are instances
 * of none of them. Our own classes know errors of another copy by their kind.
 */
function foreign({ path, text }: SourceFile): Complaint[] {
  if (!path.startsWith('src/')) return []
  const code = withoutComments(text)
  const imported = new Set<string>()
  for (const [, names = '', target = ''] of code.matchAll(
    /import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g,
  )) {
    if (target.startsWith('.')) continue
    for (const name of names.split(',')) imported.add(name.trim().split(/\s+/).at(-1) ?? '')
  }
  return matches(code, /\binstanceof\s+\(?\w+/).flatMap(({ line, found }) => {
    const name = /\w+$/.exec(found)?.[0] ?? ''
    const isForeign = imported.has(name) || name in globalThis
    return isForeign ? [{ line, what: `'${found}': ask src/foreign what the value is` }] : []
  })
}

/** Callers' signals are listened to at one place, which leaves nothing on them. */
function listeners({ path, text }: SourceFile): Complaint[] {
  if (!path.startsWith('src/') || /^src\/(?:async|cli|server)\//.test(path)) return []
  const pattern = /\bAbortSignal\.any\(|\baddEventListener\('abort'|\bsetMaxListeners\(/
  return matches(withoutComments(text), pattern).map(({ line, found }) => ({
    line,
    what: `'${found}': use src/async/signals.ts`,
  }))
}

/** Any server can answer 403 or 404: one place decides which of these answers are OSS's. */
function refusals({ path, text }: SourceFile): Complaint[] {
  const room = roomOf(path)
  if (room === undefined || room === 'oss' || isPlatformArea(room)) return []
  return matches(withoutComments(text), /\bstatus\s*[!=]==?\s*40[134]\b/).map(
    ({ line, found }) => ({
      line,
      what: `'${found}': use src/oss/refusal.ts`,
    }),
  )
}

/** An exported variable that changes is hidden state. */
function changing({ path, text }: SourceFile): Complaint[] {
  if (!path.startsWith('src/')) return []
  return matches(text, /^export (?:let|var)\b/).map(({ line, found }) => ({
    line,
    what: `'${found}': an exported value must not change`,
  }))
}

const longest = 400

function length({ path, text }: SourceFile): Complaint[] {
  const lines = text.split('\n').length - 1
  // The kernel is generated by scripts/build-crc64-kernel.mjs.
  if (!path.startsWith('src/') || path === 'src/hash/crc64-kernel.ts' || lines <= longest) return []
  return [{ line: longest + 1, what: `${lines} lines; at most ${longest}: one idea per file` }]
}

// `as any` before a word is English.
const hatches =
  /\bas any\b(?! [a-z])|: any\b|<any>|\bany\[\]|\bas unknown as\b|@ts-(?:ignore|nocheck|expect-error)/

function escapes({ path, text }: SourceFile): Complaint[] {
  if (!path.endsWith('.ts') || /^test\/(?:types|environments)\//.test(path)) return []
  const code = path.startsWith('test/unit/tidy') ? '' : text
  return matches(code, hatches).map(({ line, found }) => ({
    line,
    what: `'${found.trim()}' switches the types off`,
  }))
}

/** Homes and absolute folders of one machine have no place in what everybody reads. */
const homes = new RegExp(
  ['work', 'root', 'home/[a-z]', 'Users/[A-Za-z]']
    .map(name => `(?<![\\w.~}*-])/${name}[/\\w]*`)
    .join('|'),
)

function workplace({ path, text }: SourceFile): Complaint[] {
  if (path.startsWith('test/unit/tidy')) return []
  return matches(text, homes).map(({ line, found }) => ({
    line,
    what: `'${found}' is a place on somebody's machine`,
  }))
}

/** Test files share one process, so a helper's module runs once, for the first file that imports it. */
function hooks({ path, text }: SourceFile): Complaint[] {
  if (!path.startsWith('test/') || path.endsWith('.test.ts')) return []
  const pattern = /^(?:before|after)(?:All|Each)\b|^onTest(?:Finished|Failed)\b/
  return matches(text, pattern).map(({ line, found }) => ({
    line,
    what: `${found} must be called in a function that each test file calls`,
  }))
}

/** A script that kills a command cannot know which folders and lines the command has finished. */
function looks({ path, text }: SourceFile): Complaint[] {
  if (!path.startsWith('scripts/') || !text.includes('SIGKILL')) return []
  return matches(text, /\breaddir(?:Sync)?\(|\bJSON\.parse\(line\)/).map(({ line, found }) => ({
    line,
    what: `${found}…: a kill decides what it finds; use namesIn or parseLine`,
  }))
}

/** `upload/send` of `src/upload/send/x.ts`, `ports` of `src/ports.ts`; undefined outside src/. */
function roomOf(path: string): string | undefined {
  const [, folder, file] = /^src\/(?:(.+)\/)?([^/.]+)[^/]*\.ts$/.exec(path) ?? []
  return folder ?? file
}

function isPlatformArea(room: string): boolean {
  return platformAreas.some(area => room === area || room.startsWith(`${area}/`))
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^'"]*?\bfrom\s*)?['"]([^'"]+)['"]/gm
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(text: string) {
  const code = withoutComments(text)
  const line = (index: number) => code.slice(0, index).split('\n').length
  return [
    ...[...code.matchAll(statement)].map(match => ({
      target: match[2] ?? '',
      typeOnly: match[1] !== undefined,
      line: line(match.index + match[0].length),
    })),
    ...[...code.matchAll(dynamic)].map(match => ({
      target: match[1] ?? '',
      typeOnly: false,
      line: line(match.index),
    })),
  ]
}

/** `errors` for `../errors.ts` seen from `src/oss/x.ts`; undefined if it leaves src/. */
function resolveBelowSrc(path: string, target: string): string | undefined {
  const folders = path.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '..') folders.pop()
    else if (step !== '.') folders.push(step)
  }
  return folders[0] === 'src' ? folders.slice(1).join('/').replace(/\.ts$/, '') : undefined
}

function matches(text: string, pattern: RegExp) {
  return text.split('\n').flatMap((content, index) => {
    const found = pattern.exec(content)?.[0]
    return found === undefined ? [] : [{ line: index + 1, found }]
  })
}

/** Comments blanked out, lines kept. Good enough for code that the formatter has been over. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/[^\n]*/g, '$1')
}
