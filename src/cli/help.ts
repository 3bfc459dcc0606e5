// The help texts, put together from the commands' own words.

import type { Description } from './args/command.ts'
import type { Flag } from './args/flags.ts'
import { commands } from './commands.ts'
import { exitCodes } from './errors/exit-code-table.ts'

export function generalHelp(): string {
  return [
    'ossup: resumable uploads to Alibaba Cloud OSS that never start over',
    '',
    'Usage:',
    '  ossup upload <file> oss://bucket/key    upload; run again, it continues',
    '  ossup upload <folder> oss://bucket/prefix/',
    '  ossup help <command>                    all about one command',
    '  ossup --version, -v',
    '  ossup --help, -h',
    '',
    'Commands:',
    ...columns(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    '',
    'Environment and files (a flag beats a variable, a variable beats a file):',
    ...columns([
      ['OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET', 'credentials'],
      ['OSS_SESSION_TOKEN', 'with temporary credentials'],
      ['OSS_REGION, OSS_ENDPOINT', 'where the bucket is'],
      ['ALIBABA_CLOUD_...', "credentials as Alibaba's SDKs know them, roles of pods, a URI"],
      ['~/.ossutilconfig', 'credentials and places; OSSUTIL_CONFIG_FILE, OSSUTIL_PROFILE'],
      ['~/.aliyun/config.json', 'profiles of the CLI; ALIBABA_CLOUD_PROFILE'],
      ['~/.alibabacloud/credentials', 'profiles of SDKs; then the role of the ECS instance'],
      ['HTTPS_PROXY, NO_PROXY', 'the way there (and HTTP_PROXY, ALL_PROXY)'],
      ['NODE_EXTRA_CA_CERTS', 'a file of further certificate authorities'],
      [
        'NODE_DISABLE_COMPILE_CACHE',
        'keep no compiled code in ~/.cache/ossup (Node.js 22.8 and later)',
      ],
      ['NO_COLOR, FORCE_COLOR', 'no colours; colours wherever the output goes'],
    ]),
    '',
    'Exit codes:',
    ...exitCodeLines(),
  ].join('\n')
}

export function commandHelp(name: string, command: Description): string {
  return [
    `ossup ${name}: ${command.summary}`,
    '',
    'Usage:',
    ...command.usage.map(line => `  ossup ${line}`),
    ...(command.details === undefined ? [] : ['', command.details]),
    ...flagLines(command.flags),
    '',
    'Exit codes:',
    ...exitCodeLines(),
  ].join('\n')
}

/** Nothing for a command without flags. */
function flagLines(flags: Description['flags']): string[] {
  const rows = Object.entries(flags).map(
    ([flag, { placeholder, help, many, short }]: [string, Flag<unknown>]) =>
      [
        `${short === undefined ? '' : `-${short}, `}--${flag}${placeholder === undefined ? '' : ` ${placeholder}`}`,
        many === true ? `${help}; may be repeated` : help,
      ] as const,
  )
  return rows.length === 0 ? [] : ['', 'Flags:', ...columns(rows)]
}

function exitCodeLines(): string[] {
  return Object.entries(exitCodes).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
}

/** Two columns; a left side that is too long gets a line of its own. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.min(26, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) =>
    left.length > width
      ? `  ${left}\n  ${' '.repeat(width)}  ${right}`
      : `  ${left.padEnd(width)}  ${right}`,
  )
}
