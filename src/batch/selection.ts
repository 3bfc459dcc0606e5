// Which files of a folder are meant, by globs on their path below the folder, with `/` on every
// system. docs/guide/many-files.md has the rules for people.

import { invalidCode, OptionError } from '../errors.ts'
import { isError } from '../foreign/error.ts'
import { compileGlob } from './glob.ts'

export interface Globs {
  /** Only files that one of them matches. @default all */
  readonly include?: string | readonly string[]
  /** No file that one of them matches, nor anything below a folder that one matches. */
  readonly exclude?: string | readonly string[]
}

export interface Selection {
  /** @param path below the folder: `a/b.txt` */
  hasFile(path: string): boolean
  /** False if nothing below it can be meant. */
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

/** A glob that matches a folder means all that is in it. */
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
