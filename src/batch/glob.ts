// Globs in the language of docs/guide/many-files.md: `*`, `?`, `**`, `{a,b}`, `[a-z]` and `\`. Every other character
// matches itself. Matching takes at most time proportional to the length of the pattern times the length of the path.

type Token = string | { readonly matches: (character: string) => boolean } | typeof star
/** A pattern for one name of the path, or for any number of names. */
type Step = readonly Token[] | typeof anyFolders

const star = Symbol('*')
const anyFolders = Symbol('**')

/** Maximum number of alternatives. Braces multiply, so a larger number is a mistake. */
const alternativesMax = 1000

/**
 * Compiles a glob for paths with `/` between their names.
 * @throws {SyntaxError} with a message that completes the sentence "the glob …"
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const alternatives = expandBraces([...glob]).map(stepsOf)
  return path => {
    const names = path.split('/').map(name => [...name])
    return alternatives.some(steps => matchesPath(steps, names))
  }
}

/** Expands `a{b,c}` to `ab` and `ac`. Braces without a comma, and unclosed braces, match themselves. */
function expandBraces(glob: readonly string[]): (readonly string[])[] {
  const done: (readonly string[])[] = []
  const todo: { readonly glob: readonly string[]; readonly from: number }[] = [{ glob, from: 0 }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const group = firstGroup(next.glob, next.from)
    if (group === undefined) done.push(next.glob)
    else {
      const head = next.glob.slice(0, group.start)
      const tail = next.glob.slice(group.end + 1)
      for (const choice of group.choices.reverse()) {
        todo.push({ glob: [...head, ...choice, ...tail], from: group.start })
      }
    }
    if (done.length + todo.length > alternativesMax) {
      throw new SyntaxError(`has more than ${alternativesMax} alternatives`)
    }
  }
  return done
}

interface Group {
  readonly start: number
  readonly end: number
  readonly choices: (readonly string[])[]
}

function firstGroup(glob: readonly string[], from: number): Group | undefined {
  for (let start = from; start < glob.length; start++) {
    if (glob[start] === '\\') start++
    else if (glob[start] === '{') {
      const group = groupAt(glob, start)
      if (group !== undefined) return group
    }
  }
  return undefined
}

function groupAt(glob: readonly string[], start: number): Group | undefined {
  const choices: (readonly string[])[] = []
  let depth = 0
  let from = start + 1
  for (let at = start; at < glob.length; at++) {
    const character = glob[at]
    if (character === '\\') at++
    else if (character === '{') depth++
    else if (character === ',' && depth === 1) {
      choices.push(glob.slice(from, at))
      from = at + 1
    } else if (character === '}' && --depth === 0) {
      if (choices.length === 0) return undefined
      return { start, end: at, choices: [...choices, glob.slice(from, at)] }
    }
  }
  return undefined
}

function stepsOf(glob: readonly string[]): Step[] {
  const steps: Step[] = []
  for (let from = 0; from <= glob.length; ) {
    const slash = glob.indexOf('/', from)
    const name = glob.slice(from, slash < 0 ? glob.length : slash)
    if (name.join('') !== '**') steps.push(tokensOf(name, slash < 0))
    else if (steps.at(-1) !== anyFolders) steps.push(anyFolders)
    from += name.length + 1
  }
  return steps
}

function tokensOf(name: readonly string[], isLast: boolean): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < name.length; at++) {
    const character = name[at] ?? ''
    const set = character === '[' ? setAt(name, at) : undefined
    if (set !== undefined) {
      tokens.push(set.token)
      at = set.end
    } else if (character === '*') {
      if (tokens.at(-1) !== star) tokens.push(star)
    } else if (character === '?') tokens.push({ matches: () => true })
    else if (character !== '\\') tokens.push(character)
    else if (at + 1 < name.length) tokens.push(name[++at] ?? '')
    // A trailing `\` before a slash has no effect. At the end of the glob it matches itself.
    else if (isLast) tokens.push(character)
  }
  return tokens
}

/** Reads `[a-z]`, or `[!a-z]` for all other characters. An unclosed bracket matches itself. */
function setAt(name: readonly string[], start: number): { token: Token; end: number } | undefined {
  const isNegated = name[start + 1] === '!' || name[start + 1] === '^'
  const ranges: (readonly [from: string, to: string])[] = []
  const first = start + (isNegated ? 2 : 1)
  let at = first
  const character = () => (name[at] === '\\' && at + 1 < name.length ? name[++at] : name[at]) ?? ''
  // A `]` directly after the opening bracket is a member of the set, because an empty set is useless.
  while (at < name.length && (name[at] !== ']' || at === first)) {
    const from = character()
    at++
    const isRange = name[at] === '-' && at + 1 < name.length && name[at + 1] !== ']'
    if (isRange) at++
    const to = isRange ? character() : from
    if (isRange) at++
    if (codeOf(from) > codeOf(to)) throw new SyntaxError(`has the reversed range ${from}-${to}`)
    ranges.push([from, to])
  }
  if (at >= name.length) return undefined
  const isMember = (given: string) =>
    ranges.some(([from, to]) => codeOf(from) <= codeOf(given) && codeOf(given) <= codeOf(to))
  return { token: { matches: given => isMember(given) !== isNegated }, end: at }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

type Name = readonly string[]

function matchesPath(steps: readonly Step[], names: readonly Name[]): boolean {
  // A trailing `**` matches the contents of a folder, not the folder itself.
  if (steps.at(-1) === anyFolders && steps.length > 1) {
    const folder = steps.slice(0, -1)
    return names.some((_, index) => index > 0 && matchesPath(folder, names.slice(0, index)))
  }
  return matchesInTurn({
    patterns: steps.length,
    items: names.length,
    isWild: step => steps[step] === anyFolders,
    matches(step, index) {
      const [tokens, name] = [steps[step], names[index]]
      return typeof tokens === 'object' && name !== undefined && matchesName(tokens, name)
    },
  })
}

function matchesName(tokens: readonly Token[], name: Name): boolean {
  return matchesInTurn({
    patterns: tokens.length,
    items: name.length,
    isWild: index => tokens[index] === star,
    matches(index, at) {
      const [token, character = ''] = [tokens[index], name[at]]
      return typeof token === 'object' ? token.matches(character) : token === character
    },
  })
}

interface Sequence {
  readonly patterns: number
  readonly items: number
  /** True if the pattern matches any number of items. */
  isWild(pattern: number): boolean
  matches(pattern: number, item: number): boolean
}

/**
 * Returns whether the items match the patterns, one by one. Backtracking to the last wild pattern is enough: it can
 * match everything that an earlier wild pattern could match.
 */
function matchesInTurn({ patterns, items, isWild, matches }: Sequence): boolean {
  let pattern = 0
  let item = 0
  let wild: { readonly pattern: number; item: number } | undefined
  while (item < items) {
    if (pattern < patterns && isWild(pattern)) wild = { pattern: pattern++, item }
    else if (pattern < patterns && matches(pattern, item)) {
      pattern++
      item++
    } else if (wild !== undefined) {
      item = ++wild.item
      pattern = wild.pattern + 1
    } else return false
  }
  while (pattern < patterns && isWild(pattern)) pattern++
  return pattern === patterns
}
