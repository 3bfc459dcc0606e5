import type { CommandWords, Expected, FlagWords } from './words.ts'

/**
 * A script for bash 3.2 and newer. Where it has nothing to offer, bash completes names of files by itself,
 * quotes included; `compopt`, which bash 4 brought, keeps it from that where none is wanted.
 */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = [...commands.map(({ name }) => name), '--help', '--version']
  return `# Completion of ossup for bash:  eval "$(ossup completion bash)"
_ossup_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); compopt +o bashdefault +o default 2>/dev/null; }
_ossup_folders() { compopt -o dirnames +o bashdefault +o default 2>/dev/null; }
_ossup_files() { :; }
_ossup() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # --flag=value comes as three words.
  if [ "$cur" = '=' ]; then cur=''; elif [ "$prev" = '=' ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${offer(names)}
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map(caseOf).join('\n')}
  esac
}
complete -o bashdefault -o default -F _ossup ossup
`
}

function caseOf({ name, flags, arguments: expected }: CommandWords): string {
  const values = valueCases(flags)
  return [
    `    ${name})`,
    ...(values.length === 0 ? [] : ['      case $prev in', ...values, '      esac']),
    '      case $cur in',
    `        -*) ${offer([...flags.map(flag => `--${flag.name}`), '--help'])} ;;`,
    `        *) ${offer(expected)} ;;`,
    '      esac ;;',
  ].join('\n')
}

/** Flags whose values are completed alike share a line. */
function valueCases(flags: readonly FlagWords[]): string[] {
  const byOffer = new Map<string, string[]>()
  for (const { name, value } of flags) {
    if (value === undefined) continue
    byOffer.set(offer(value), [...(byOffer.get(offer(value)) ?? []), `--${name}`])
  }
  return [...byOffer].map(([offered, names]) => `        ${names.join('|')}) ${offered}; return ;;`)
}

function offer(expected: Expected): string {
  if (expected === 'file') return '_ossup_files'
  if (expected === 'folder') return '_ossup_folders'
  return `_ossup_words '${expected === 'nothing' ? '' : expected.join(' ')}'`
}
