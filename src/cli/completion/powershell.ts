import type { CommandWords, Expected, FlagWords } from './words.ts'

/**
 * A completion script for PowerShell 5 and newer. Where the script offers nothing, PowerShell completes file
 * names.
 */
export function powershellCompletion(commands: readonly CommandWords[]): string {
  return `# Completion of ossup for PowerShell:  ossup completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ossup -ScriptBlock {
  param($word, $line, $position)
  $commands = @{
${commands.map(commandLine).join('\n')}
  }
  $typed = @($line.CommandElements | ForEach-Object { "$_" })
  $before = if ($word -eq '') { $typed.Count } else { $typed.Count - 1 }
  $command = $commands[$typed[1]]
  $offered = if ($before -le 1) { $commands.Keys | Sort-Object }
    elseif (-not $command) { @() }
    elseif ($word -like '-*') { $command.Flags }
    elseif ($command.Values.ContainsKey($typed[$before - 1])) { $command.Values[$typed[$before - 1]] }
    else { $command.Words }
  $offered | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`
}

function commandLine({ name, flags, arguments: expected }: CommandWords): string {
  const values = flags.filter(({ value }) => typeof value === 'object').map(valueEntry)
  const words = flags.map(flag => `--${flag.name}`)
  return `    ${quote(name)} = @{ Flags = ${list(words)}; Words = ${list(wordsOf(expected))}; Values = @{ ${values.join('; ')} } }`
}

function valueEntry({ name, value }: FlagWords): string {
  return `${quote(`--${name}`)} = ${list(wordsOf(value))}`
}

function wordsOf(expected: Expected | undefined): readonly string[] {
  return typeof expected === 'object' ? expected : []
}

function list(words: readonly string[]): string {
  return `@(${words.map(quote).join(', ')})`
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "''")}'`
}
