// Selects files of a folder by globs on their path below the folder. Paths use `/` on every system.
// docs/guide/many-files.md explains the rules to users.

import { invalidCode, OptionError } from '../errors.ts'
import { isError } from '../foreign/error.ts'
import { compileGlob } from './glob.ts'

export interface Globs {
  /** Selects only files that match one of these globs. @default all */
  readonly include?: string | readonly string[]
  /** Leaves out files that match one of these globs, and everything below a folder that matches. */
  readonly exclude?: string | readonly string[]
}

export interface Selection {
  /** @param path below the folder: `a/b.txt` */
  hasFile(path: string): boolean
  /** Returns false if no file below the folder can be selected. */
  entersFolder(path: string): boolean
}

type Matches = (path: string) => boolean

/** @throws {OptionError} `INVALID_INCLUDE` or `INVALID_EXCLUDE` */
export function selectionOf({ include, exclude }: Globs): Selection {
  const included = matcherOf('include', include)
  const excluded = matcherOf('exclude', exclude) ?? (() => false)
  return {
    hasFile: path => !excluded(path) && (included === undefined || hits(included, path)),
    entersFolder: path => !excluded(path),
  }
}

/**
 * Returns true if the path or one of its parent folders matches: a glob that matches a folder selects everything in
 * it.
 */
function hits(matches: Matches, path: string): boolean {
  if (matches(path)) return true
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    if (matches(path.slice(0, at))) return true
  }
  return false
}

function matcherOf(name: 'include' | 'exclude', given: Globs['include']): Matches | undefined {
  const globs = given === undefined || typeof given === 'string' ? [given ?? []].flat() : given
  if (globs.length === 0) return undefined
  const matchers = globs.map(glob => matcherOfOne(name, glob))
  return path => matchers.some(matches => matches(path))
}

/**
 * A glob without a slash matches the last name of a path, at any depth. A glob with a slash matches the
 * whole path. A leading slash anchors the glob to the folder; a trailing slash changes nothing.
 */
function matcherOfOne(name: 'include' | 'exclude', glob: string): Matches {
  const refuse = (why: string, cause?: unknown) =>
    new OptionError(invalidCode(name), `${name} is '${glob}'${why}`, {
      hint: 'Allowed: a glob such as *.jpg, logs/** or node_modules',
      cause,
    })
  if (typeof glob !== 'string') throw refuse('')
  const isTied = glob.replace(/\/+$/, '').includes('/')
  const pattern = glob.replace(/^\/+|\/+$/g, '')
  if (pattern === '') throw refuse('')
  if (/(^|\/)(\.{0,2})(\/|$)/.test(pattern))
    throw refuse(', which no path below a folder can match')
  try {
    return compileGlob(isTied ? pattern : `**/${pattern}`)
  } catch (error) {
    throw refuse(
      isError(error) && error.name === 'SyntaxError' ? `, which ${error.message}` : '',
      error,
    )
  }
}
