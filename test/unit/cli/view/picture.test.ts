import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../../../', import.meta.url)

test('the picture in the README is that of the live view: node scripts/draw-view.mjs', async () => {
  const script: { drawView(frames: string): string } = await import(
    new URL('scripts/draw-view.mjs', root).href
  )
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
  const frames = read('test/fixtures/frames/the-picture-in-the-readme.txt')
  expect(read('docs/images/live-view.svg')).toBe(script.drawView(frames))
})
