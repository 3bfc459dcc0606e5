import type { CommandWords, Expected, FlagWords } from './words.ts'

/**
 * A completion script for bash 3.2 and newer. Where the script offers nothing, bash completes file names,
 * with correct quoting. `compopt`, which exists since bash 4, prevents that where no file name fits.
 */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = [...commands.map(({ name }) => name), '--help', '--version']
  return `# Completion of ossup for bash:  eval "$(ossup completion bash)"
_ossup_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); compopt +o bashdefault +o default 2>/dev/null; }
_ossup_folders() { compopt -o dirnames +o bashdefault +o default 2>/dev/null; }
_ossup_files() { :; }
# Offers those of its lines that begin with $1. Names from outside are data: compgen -W would run what is in them.
_ossup_lines() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in "$1"*) COMPREPLY+=("$(printf %q "\${line#"$2"}")") ;; esac
  done
  compopt +o bashdefault +o default 2>/dev/null
}
_ossup_ids() { _ossup_lines "$cur" '' < <(ossup status --quiet 2>/dev/null | sed -n 's/^  id \\([0-9a-f]*\\);.*/\\1/p'); }
# Readline takes the colon of oss:// for the end of a word, so only what follows it is offered.
_ossup_addresses() {
  local skip=''
  case $COMP_WORDBREAKS in *:*) skip='oss:' ;; esac
  compopt -o nospace 2>/dev/null
  case $1 in
    oss://*/*) _ossup_lines "$1" "$skip" < <(ossup ls --quiet -- "$1" 2>/dev/null | sed 's/^.*  oss:/oss:/' | head -n 200) ;;
    *) _ossup_lines "$1" "$skip" < <(ossup ls --quiet 2>/dev/null | sed 's/^.*  oss:/oss:/; s|$|/|') ;;
  esac
}
_ossup() {
  local word=\${COMP_LINE:0:COMP_POINT}
  word=\${word##* }
  case $word in oss:*) _ossup_addresses "$word"; return ;; esac
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

/** Flags whose values are completed in the same way share a line. */
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
  if (expected === 'id') return '_ossup_ids'
  return `_ossup_words '${expected === 'nothing' ? '' : expected.join(' ')}'`
}
