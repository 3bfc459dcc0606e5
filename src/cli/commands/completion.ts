import { command } from '../args/command.ts'
import { UsageError } from '../args/usage-error.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { powershellCompletion } from '../completion/powershell.ts'
import { completionWords } from '../completion/words.ts'
import { zshCompletion } from '../completion/zsh.ts'

const scripts = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
}
const shells = Object.keys(scripts)

export const completion = command({
  usage: shells.map(name => `completion ${name}`),
  examples: [
    ['eval "$(ossup completion bash)"', 'in ~/.bashrc'],
    ['eval "$(ossup completion zsh)"', 'in ~/.zshrc, after compinit'],
    ['ossup completion fish > ~/.config/fish/completions/ossup.fish', ''],
    ['ossup completion powershell | Out-String | Invoke-Expression', 'in $PROFILE'],
  ],
  positionals: { min: 1, max: 1 },
  words: shells,
  flags: {},
  async run({ positionals: [name = ''] }, { screen, commands }) {
    if (!isShell(name))
      throw new UsageError(`there is no completion for '${name}'`, `Write ${shells.join(', ')}.`)
    screen.stdout.write(scripts[name](await completionWords(commands)))
  },
})

function isShell(name: string): name is keyof typeof scripts {
  return Object.hasOwn(scripts, name)
}
