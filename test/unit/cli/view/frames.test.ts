// What a person sees, frame by frame: test/fixtures/frames holds one file for each scene. After a wanted
// change, `npx vitest run test/unit/cli/view -u` writes them anew, to be looked at before they are kept.

import { expect, test } from 'vitest'
import { Screen } from '../../../../src/cli/screen.ts'
import { UploadView } from '../../../../src/cli/view/upload-view.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { TerminalEmulator } from '../live/terminal-emulator.ts'
import { clockOf, type Scene, scenes, stage } from './scenes.ts'

const utf8 = { LANG: 'en_US.UTF-8' }
const looks = [
  { columns: 80, rows: 24, env: utf8 },
  { columns: 80, rows: 24, env: { ...utf8, NO_COLOR: '1' } },
  { columns: 80, rows: 24, env: { LANG: 'C' } },
  { columns: 200, rows: 50, env: utf8 },
  { columns: 40, rows: 24, env: { ...utf8, NO_COLOR: '1' } },
  { columns: 24, rows: 12, env: { ...utf8, NO_COLOR: '1' } },
] as const

/** The scene on a terminal of each look. */
async function play(scene: Scene): Promise<TerminalEmulator[]> {
  const clock = new VirtualClock()
  const audience = looks.map(({ columns, rows, env }) => {
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
    const subject = { source: 'backup.tar', bucket: 'examplebucket', key: 'backups/backup.tar' }
    return { terminal, screen, view: new UploadView(screen, subject, clockOf(clock)) }
  })
  const on = stage(clock, {
    progress(snapshot) {
      for (const { view } of audience) view.progress(snapshot)
    },
    event(event) {
      for (const { view } of audience) view.event(event)
    },
    tick() {
      for (const { screen } of audience) screen.refresh()
    },
  })
  await scene(on)
  return audience.map(({ terminal }) => terminal)
}

test.each(Object.entries(scenes))('%s', async (name, scene) => {
  const terminals = await play(scene)
  const frames = looks.flatMap(({ columns, rows, env }, index) => {
    const { text, looks, cursorVisible } = terminals[index]!
    const kind = 'NO_COLOR' in env ? 'no colours' : env.LANG === 'C' ? 'ASCII' : 'colours'
    const ruler = '-'.repeat(columns)
    expect(cursorVisible).toBe(false)
    const painted = kind === 'colours' && columns === 80 ? [looks, ruler] : []
    return [`${columns}x${rows}, ${kind}`, ruler, text, ruler, ...painted]
  })
  const file = `../../../fixtures/frames/${name.replaceAll(/[ ,]+/g, '-')}.txt`
  await expect(`${name}\n\n${frames.join('\n')}\n`).toMatchFileSnapshot(file)
})
