// Builds the help pages from the descriptions of the commands. Pages begin with examples and fit the window.

import type { Description } from './args/command.ts'
import type { Flag } from './args/flags.ts'
import { commands } from './commands.ts'
import { exitCodes } from './errors/exit-code-table.ts'
import { wrap } from './output/wrap.ts'

type Row = readonly [left: string, right: string]

/** Longer lines are hard to read. */
const columnsMax = 100
/** In a narrower window the second column goes below the first. */
const twoColumnsFrom = 60

/** @param columns the width of the window */
export function generalHelp(columns: number): string {
  return page(columns, [
    ['ossup: resumable uploads to Alibaba Cloud OSS that never start over'],
    [
      'Examples:',
      ...exampleLines(columns, [
        ['ossup upload film.mp4 oss://examplebucket/videos/', 'run again, it continues'],
        ['ossup upload photos oss://examplebucket/backup/', 'a folder'],
        ['ossup doctor', 'check credentials, network and clock'],
      ]),
    ],
    [
      'Commands:',
      ...table(
        columns,
        Object.entries(commands).map(([name, { summary }]) => [name, summary]),
      ),
    ],
    [
      'More help:',
      ...table(columns, [
        ['ossup help <command>', 'examples and flags of one command'],
        ...Object.entries(topics).map(
          ([name, { summary }]): Row => [`ossup help ${name}`, summary],
        ),
        ['ossup version', ''],
      ]),
    ],
  ])
}

interface Topic {
  readonly summary: string
  readonly rows: readonly Row[]
}

const topics: Readonly<Record<string, Topic>> = {
  'exit-codes': {
    summary: 'what the exit codes mean',
    rows: Object.entries(exitCodes).map(([code, meaning]): Row => [code.padStart(3), meaning]),
  },
  environment: {
    summary: 'variables and files that are read',
    rows: [
      ['OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET', 'credentials'],
      ['OSS_SESSION_TOKEN', 'the token of temporary credentials'],
      ['OSS_REGION, OSS_ENDPOINT', 'where the bucket is'],
      ['ALIBABA_CLOUD_...', 'credentials for the SDKs of Alibaba Cloud, roles of pods, a URI'],
      ['~/.ossutilconfig', 'credentials, region, endpoint; OSSUTIL_CONFIG_FILE, OSSUTIL_PROFILE'],
      ['~/.aliyun/config.json', 'profiles of the Alibaba Cloud CLI; ALIBABA_CLOUD_PROFILE'],
      ['~/.alibabacloud/credentials', 'profiles of SDKs; after it, the role of the ECS instance'],
      ['OSSUP_CALLBACK', 'the callback of uploads, if --callback is not given'],
      ['HTTPS_PROXY, NO_PROXY', 'proxies (also HTTP_PROXY, ALL_PROXY)'],
      ['NODE_EXTRA_CA_CERTS', 'a file of additional certificate authorities'],
      [
        'NODE_DISABLE_COMPILE_CACHE',
        'keeps no compiled code in ~/.cache/ossup (Node.js 22.8 and later)',
      ],
      ['NO_COLOR, FORCE_COLOR', 'never colours; always colours'],
      ['', 'A flag beats a variable, and a variable beats a file.'],
    ],
  },
}

/** A help page that is not about one command; `undefined` if no page has that name. */
export function topicHelp(name: string, columns: number): string | undefined {
  const topic = Object.hasOwn(topics, name) ? topics[name] : undefined
  if (topic === undefined) return undefined
  return page(columns, [[`${name}: ${topic.summary}`], table(columns, topic.rows)])
}

export function commandHelp(name: string, command: Description, columns: number): string {
  const { examples, usage, details = [], flags } = command
  const summary = Object.entries(commands).find(([other]) => other === name)?.[1].summary
  return page(columns, [
    [`ossup ${name}: ${summary}`],
    ['Examples:', ...exampleLines(columns, examples)],
    ['Usage:', ...usage.map(line => `  ossup ${line}`)],
    ...details.map(paragraph => [paragraph]),
    ...groupsOf(flags).map(([group, rows]) => [`${group}:`, ...table(columns, rows)]),
    ['Exit codes: ossup help exit-codes'],
  ])
}

/** The flags grouped by heading, in the order of the command. */
function groupsOf(flags: Description['flags']): readonly [group: string, rows: readonly Row[]][] {
  const groups = new Map<string, Row[]>()
  for (const [name, flag] of Object.entries(flags)) {
    const { group = 'Options' }: Flag<unknown> = flag
    groups.set(group, [...(groups.get(group) ?? []), flagRow(name, flag)])
  }
  return [...groups]
}

function flagRow(name: string, { placeholder, help, many, short, choices }: Flag<unknown>): Row {
  const isLong = choices !== undefined && (placeholder ?? '').length > 14
  const value = placeholder === undefined ? '' : ` ${isLong ? '<name>' : placeholder}`
  const words = isLong ? `${choices.join(', ')}; ${help}` : help
  return [
    `${short === undefined ? '' : `-${short}, `}--${name}${value}`,
    many === true ? `${words}; may be repeated` : words,
  ]
}

/** Lines to copy. Each has a shell comment beside it, or above it if the line would be too long. */
function exampleLines(columns: number, examples: readonly Row[]): string[] {
  return examples.flatMap(([line, what]) => {
    if (what === '') return [`  ${line}`]
    const beside = `  ${line}  # ${what}`
    return beside.length <= widthOf(columns) ? [beside] : [`  # ${what}`, `  ${line}`]
  })
}

function page(columns: number, blocks: readonly (readonly string[])[]): string {
  return blocks.map(lines => wrap(lines.join('\n'), widthOf(columns))).join('\n\n')
}

function widthOf(columns: number): number {
  return Math.max(20, Math.min(columnsMax, columns))
}

/** Formats two columns and wraps the second one. A left side that is too wide gets a line of its own. */
function table(columns: number, rows: readonly Row[]): string[] {
  const width = widthOf(columns)
  const longest = Math.max(...rows.map(([left]) => left.length))
  // The left column is wide enough for the longest entry, unless that takes too much room from the right column.
  const left = longest <= width / 3 ? longest : Math.min(longest, 26)
  const indent = width < twoColumnsFrom ? 6 : left + 4
  return rows.flatMap(([term, text]) => {
    if (text === '') return [`  ${term}`]
    const lines = wrap(text, width - indent).split('\n')
    const isBeside = width >= twoColumnsFrom && term.length <= left
    const [first = '', ...others] = lines
    const below = (isBeside ? others : lines).map(line => ' '.repeat(indent) + line)
    return isBeside ? [`  ${term.padEnd(left)}  ${first}`, ...below] : [`  ${term}`, ...below]
  })
}
