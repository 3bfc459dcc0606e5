// The terminals that frames are drawn for, and the form of the files that keep them.

import { Screen } from '../../../../src/cli/output/screen.ts'
import { TerminalEmulator } from '../live/terminal-emulator.ts'

const utf8 = { LANG: 'en_US.UTF-8' }
const looks = [
  { columns: 80, rows: 24, env: utf8 },
  { columns: 80, rows: 24, env: { ...utf8, NO_COLOR: '1' } },
  { columns: 80, rows: 24, env: { LANG: 'C' } },
  { columns: 200, rows: 50, env: utf8 },
  { columns: 40, rows: 24, env: { ...utf8, NO_COLOR: '1' } },
  { columns: 24, rows: 12, env: { ...utf8, NO_COLOR: '1' } },
] as const

export interface Seat {
  readonly terminal: TerminalEmulator
  readonly screen: Screen
}

/** A terminal of each look, with a screen that is drawn again on request. */
export function seats(): Seat[] {
  return looks.map(({ columns, rows, env }) => {
    const terminal = new TerminalEmulator(columns, rows)
    const screen = new Screen({
      json: false,
      level: 'info',
      stdout: terminal,
      stderr: terminal,
      env,
      ticker: () => () => {},
      events: { on: () => {}, off: () => {}, kill: () => {}, pid: 1 },
    })
    return { terminal, screen }
  })
}

/** What the terminals show; of the first one the colours, too, by their first letters. */
export function framesOf(name: string, seated: readonly Seat[]): string {
  const frames = looks.flatMap(({ columns, rows, env }, index) => {
    const { text, looks: painted } = seated[index]!.terminal
    const kind = 'NO_COLOR' in env ? 'no colours' : env.LANG === 'C' ? 'ASCII' : 'colours'
    const ruler = '-'.repeat(columns)
    const below = index === 0 ? [painted, ruler] : []
    return [`${columns}x${rows}, ${kind}`, ruler, text, ruler, ...below]
  })
  return `${name}\n\n${frames.join('\n')}\n`
}

export function fileOf(name: string): string {
  return `../../../fixtures/frames/${name.replaceAll(/[ ,]+/g, '-')}.txt`
}
