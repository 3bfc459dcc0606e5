import type { CommandWords, Expected, FlagWords } from './words.ts'

/** A completion script for zsh, to be evaluated or saved as `_ossup` in a folder of `fpath`. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef ossup
# Completion of ossup for zsh:  eval "$(ossup completion zsh)", or as _ossup in a folder of fpath
_ossup_ids() { compadd -- \${(f)"$(ossup status --quiet 2>/dev/null | sed -n 's/^  id \\([0-9a-f]*\\);.*/\\1/p')"} }
_ossup() {
  local -a commands
  if (( CURRENT == 2 )); then
    commands=(
${commands.map(({ name, summary }) => `      ${quote(`${name}:${summary}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${commands.map(caseOf).join('\n')}
  esac
}
if [ "$funcstack[1]" = _ossup ]; then _ossup "$@"; else compdef _ossup ossup; fi
`
}

function caseOf({ name, flags, arguments: expected }: CommandWords): string {
  const specs = [...flags.flatMap(specsOf), `*:${actionOf(expected, 'argument')}`]
  return `    ${name}) _arguments -s \\
${specs.map(spec => `      ${quote(spec)}`).join(' \\\n')}
      ;;`
}

function specsOf({ name, short, help, many, value }: FlagWords): string[] {
  const rest = `[${help.replace(/[[\]:\\]/g, '\\$&')}]${value === undefined ? '' : `:${actionOf(value, name)}`}`
  const spellings = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
  return spellings.map(spelling => `${many ? '*' : ''}${spelling}${rest}`)
}

/** Formats an argument as zsh expects it: `message:action`. */
function actionOf(expected: Expected, message: string): string {
  if (expected === 'file') return `${message}:_files`
  if (expected === 'folder') return `${message}:_files -/`
  if (expected === 'id') return `${message}:_ossup_ids`
  return expected === 'nothing' ? `${message}: ` : `${message}:(${expected.join(' ')})`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
