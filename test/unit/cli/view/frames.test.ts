// What a person sees, frame by frame: test/fixtures/frames holds one file for each scene. After a wanted
// change, `npx vitest run test/unit/cli/view -u` writes them again. Look at them before you commit them.

import { expect, test } from 'vitest'
import { UploadView } from '../../../../src/cli/view/upload-view.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { fileOf, framesOf, seats } from './looks.ts'
import { clockOf, scenes, stage } from './scenes.ts'

test.each(Object.entries(scenes))('%s', async (name, scene) => {
  const clock = new VirtualClock()
  const subject = { source: 'backup.tar', bucket: 'examplebucket', key: 'backups/backup.tar' }
  const audience = seats().map(seat => ({
    ...seat,
    view: new UploadView(seat.screen, subject, clockOf(clock)),
  }))
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
  for (const { terminal } of audience) expect(terminal.cursorVisible).toBe(false)
  await expect(framesOf(name, audience)).toMatchFileSnapshot(fileOf(name))
})
