// Counts words that make our English hard to read, folder by folder: in comments, strings and documents.
// The list is the project's own (CONTRIBUTING.md): each word has a plainer one. The counts may only fall.
//
//   node scripts/plain-english.mjs                     prints the counts
//   node scripts/plain-english.mjs --check             fails where a folder has more than is recorded
//   node scripts/plain-english.mjs --write             records today's counts
//   node scripts/plain-english.mjs --where FOLDER      prints each place
//   node scripts/plain-english.mjs --sample 30 --seed 7   prints comments drawn at random

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from './seeded.mjs'
import { root } from './setup.mjs'

const recorded = join(root, 'test', 'unit', 'tidy', 'dropped-words.json')

const dropped = [
  'told',
  'tells? of',
  'who(?:m)?ever',
  'whatever',
  '(?:no|some|any)body',
  'anew',
  'in vain',
  '(?:there )?is none',
  'so (?:many|long)',
  'beforehand',
  'a text|texts',
  "of one's own|one's",
  'is there(?! any)',
  '(?:is|are) gone',
  'stands?',
  '(?:one|that) that is',
  'what is',
  'at hand',
  'the like',
  'besides',
  'for good',
  'heed(?:s|ed|ing)?',
  'weighs?',
  'dear(?:er|est)?',
  'owing',
  'debts?',
  'misfortunes?',
  'honest(?:ly)?',
  'patien(?:t|ce)',
]
const pattern = new RegExp(`(?<![\\w'])(?:${dropped.join('|')})(?![\\w'])`, 'gi')

const comment = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/
const string = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/
const spoken = new RegExp(`${comment.source}|${string.source}`, 'gm')

/** What a person reads in a file: `[text, line]` for each comment and string, or the prose of a document. */
function proseOf(path, text) {
  if (path.endsWith('.md')) {
    const prose = text.replace(/^```[\s\S]*?^```/gm, block => block.replace(/[^\n]/g, ' '))
    return prose.split('\n').map((line, index) => [line, index + 1])
  }
  return [...text.matchAll(spoken)].map(match => [
    match[0],
    text.slice(0, match.index).split('\n').length,
  ])
}

function files() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\0')
    .filter(path => /\.(?:ts|mjs|md)$/.test(path) && existsSync(join(root, path)))
    .filter(path => !/fixtures\/|dropped-words|plain-english|README\.(?:zh-CN|ja)/.test(path))
}

function places() {
  return files().flatMap(path =>
    proseOf(path, readFileSync(join(root, path), 'utf8')).flatMap(([text, line]) =>
      [...text.matchAll(pattern)].map(([word]) => ({
        folder: dirname(path),
        where: `${path}:${line}`,
        word,
        text: text.trim().replace(/\s+/g, ' ').slice(0, 140),
      })),
    ),
  )
}

function counts() {
  const sums = new Map()
  for (const { folder } of places()) sums.set(folder, (sums.get(folder) ?? 0) + 1)
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function check() {
  const allowed = JSON.parse(readFileSync(recorded, 'utf8'))
  const worse = [...counts()].filter(([folder, count]) => count > (allowed[folder] ?? 0))
  for (const [folder, count] of worse) {
    console.log(`${folder}: ${count} words to drop, ${allowed[folder] ?? 0} are recorded.`)
    console.log(`  See: node scripts/plain-english.mjs --where ${folder}`)
  }
  process.exitCode = worse.length > 0 ? 1 : 0
}

function sample(size, seed) {
  const all = files()
    .filter(path => path.startsWith('src/') && path.endsWith('.ts'))
    .flatMap(path => commentsOf(path))
  const { between } = seeded(seed)
  for (let drawn = 1; drawn <= size && all.length > 0; drawn += 1) {
    const [{ where, text }] = all.splice(between(0, all.length - 1), 1)
    console.log(`${String(drawn).padStart(2)}. ${where}\n    ${text}`)
  }
}

/** Comments as a reader sees them: adjacent lines of `//` are one. */
function commentsOf(path) {
  const text = readFileSync(join(root, path), 'utf8')
  const blocks = /^[ \t]*\/\*\*?([\s\S]*?)\*\/|((?:^[ \t]*\/\/[^\n]*\n)+)/gm
  return [...text.matchAll(blocks)].map(match => ({
    where: `${path}:${text.slice(0, match.index).split('\n').length}`,
    text: (match[1] ?? match[2])
      .replace(/^\s*(?:\*|\/\/) ?/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  }))
}

const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    write: { type: 'boolean' },
    where: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
if (values.check) check()
else if (values.write) {
  writeFileSync(recorded, `${JSON.stringify(Object.fromEntries(counts()), null, 2)}\n`)
} else if (values.sample) sample(Number(values.sample), Number(values.seed))
else if (values.where) {
  for (const { folder, where, word, text } of places()) {
    if (folder === values.where) console.log(`${where}: ${word}: ${text}`)
  }
} else {
  const all = [...counts()]
  for (const [folder, count] of all) console.log(`${String(count).padStart(5)}  ${folder}`)
  console.log(`${all.reduce((sum, [, count]) => sum + count, 0)} words to drop`)
}
