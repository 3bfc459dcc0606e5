import type { CommandWords, Expected, FlagWords } from './words.ts'

export function fishCompletion(commands: readonly CommandWords[]): string {
  return [
    '# Completion of ossup for fish:  ossup completion fish > ~/.config/fish/completions/ossup.fish',
    'complete -c ossup -f',
    ...commands.flatMap(linesOf),
    '',
  ].join('\n')
}

function linesOf({ name, summary, flags, arguments: expected }: CommandWords): string[] {
  const inside = `complete -c ossup -n '__fish_seen_subcommand_from ${name}'`
  const own = argumentsOf(expected)
  return [
    `complete -c ossup -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ...(own === '' ? [] : [`${inside} ${own}`]),
    ...flags.map(flag => `${inside} ${optionOf(flag)}`),
  ]
}

function argumentsOf(expected: Expected): string {
  if (expected === 'file') return '-F'
  if (expected === 'folder') return folders
  if (expected === 'id') return ids
  return expected === 'nothing' ? '' : `-a ${quote(expected.join(' '))}`
}

function optionOf({ name, short, help, value }: FlagWords): string {
  const spelling = `-l ${name}${short === undefined ? '' : ` -s ${short}`}`
  return `${spelling}${takes(value)} -d ${quote(help)}`
}

function takes(value: Expected | undefined): string {
  if (value === undefined) return ''
  if (value === 'file') return ' -r -F'
  return value === 'nothing' ? ' -x' : ` -x ${argumentsOf(value)}`
}

const folders = "-a '(__fish_complete_directories)'"
const ids = '-f -a \'(ossup status --quiet 2>/dev/null | string match -rg "^  id ([0-9a-f]*);")\''

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
