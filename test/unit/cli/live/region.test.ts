import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { LiveRegion } from '../../../../src/cli/live/region.ts'
import { TerminalEmulator } from './terminal-emulator.ts'

class FakeProcess extends EventEmitter {
  readonly pid = 42
  readonly killed: string[] = []
  kill(pid: number, signal: string): void {
    this.killed.push(`${pid} ${signal}`)
  }
}

function setUp(columns = 40, rows = 10) {
  const terminal = new TerminalEmulator(columns, rows)
  const events = new FakeProcess()
  const place = { isOurs: true }
  const region = new LiveRegion(terminal, events, () => place.isOurs)
  return { terminal, events, place, region }
}

test('a frame replaces the one before, also with another number of lines', () => {
  const { terminal, region } = setUp()
  terminal.write('$ ossup upload\n')
  for (const lines of [['a', 'b'], ['a', 'c', 'd'], ['e'], ['f', 'g', 'h', 'i'], ['j', 'g']]) {
    region.draw(lines)
    expect(terminal.text).toBe(['$ ossup upload', ...lines].join('\n'))
  }
})

test('a line that did not change is not sent again, and a frame that did not change sends nothing', () => {
  const { terminal, region } = setUp()
  region.draw(['the same', 'one'])
  terminal.sent = ''
  region.draw(['the same', 'two'])
  expect(terminal.sent).not.toContain('the same')
  expect(terminal.text).toBe('the same\ntwo')
  terminal.sent = ''
  region.draw(['the same', 'two'])
  expect(terminal.sent).toBe('')
})

test('messages are above the region, and stay when it is removed', () => {
  const { terminal, region } = setUp()
  region.above('first')
  region.draw(['x', 'y'])
  region.above('second\nthird')
  expect(terminal.text).toBe('first\nsecond\nthird\nx\ny')
  region.draw(['z', 'y'])
  region.clear()
  region.above('fourth')
  expect(terminal.text).toBe('first\nsecond\nthird\nfourth')
})

test('at the bottom of the screen, too', () => {
  const { terminal, region } = setUp(40, 5)
  for (let line = 1; line <= 20; line++) {
    region.above(`said ${line}`)
    region.draw([`a ${line}`, `b ${line}`, `c ${line}`])
  }
  const said = Array.from({ length: 20 }, (_, index) => `said ${index + 1}`)
  expect(terminal.text).toBe([...said, 'a 20', 'b 20', 'c 20'].join('\n'))
})

test('no more is drawn than the terminal has room for', () => {
  const { terminal, region } = setUp(40, 4)
  region.draw(['1', '2', '3', '4', '5', '6'])
  expect(terminal.text).toBe('1\n2\n3')
})

test('the cursor is hidden while something is drawn, and no longer', () => {
  const { terminal, region, events } = setUp()
  region.draw(['x'])
  expect(terminal.cursorVisible).toBe(false)
  region.above('said')
  expect(terminal.cursorVisible).toBe(false)
  region.clear()
  expect(terminal.cursorVisible).toBe(true)
  expect(events.eventNames()).toEqual([])
})

test('whatever ends the process, the cursor is visible', () => {
  const { terminal, region, events } = setUp()
  region.draw(['x', 'y'])
  events.emit('exit')
  expect(terminal.cursorVisible).toBe(true)
})

test('Ctrl-Z leaves a clean terminal, and the next frame is drawn below later messages', () => {
  const { terminal, region, events } = setUp()
  region.draw(['x', 'y'])
  events.emit('SIGTSTP')
  expect(terminal.text).toBe('')
  expect(terminal.cursorVisible).toBe(true)
  expect(events.killed).toEqual(['42 SIGSTOP'])
  terminal.write('[1]+  Stopped\n$ fg\n')
  region.draw(['x', 'z'])
  expect(terminal.text).toBe('[1]+  Stopped\n$ fg\nx\nz')
})

test('in the background nothing is drawn, and the cursor stays visible', () => {
  const { terminal, region, events, place } = setUp()
  place.isOurs = false
  region.draw(['x', 'y'])
  expect(terminal.sent).toBe('')
  region.above('said')
  expect(terminal.sent).toBe('said\n')
  place.isOurs = true
  region.draw(['x', 'y'])
  expect(terminal.text).toBe('said\nx\ny')
  expect(terminal.cursorVisible).toBe(false)
  place.isOurs = false
  region.draw(['x', 'z'])
  expect(terminal.cursorVisible).toBe(true)
  expect(events.eventNames()).toEqual([])
  terminal.write('\n$ typed')
  region.draw(['x', 'a'])
  region.clear()
  expect(terminal.text).toBe('said\nx\ny\n$ typed')
})

test.each([
  ['draw', (region: LiveRegion) => region.draw(['z'])],
  ['above', (region: LiveRegion) => region.above('z')],
  ['clear', (region: LiveRegion) => region.clear()],
])('%s does not move the cursor of a terminal that was taken away', (_, act) => {
  const { terminal, region, place } = setUp()
  region.draw(['x', 'y'])
  place.isOurs = false
  terminal.sent = ''
  act(region)
  expect(terminal.sent.replace('z\n', '')).toBe('\x1b[?25h')
})

test('a terminal that became narrower has wrapped the lines: all of their rows are taken away', () => {
  const { terminal, region } = setUp(40)
  region.above('said')
  region.draw(['x'.repeat(35), 'y'.repeat(25), 'z'])
  terminal.resize(20)
  expect(terminal.text).toContain('y'.repeat(20))
  region.draw(['short', 'lines'])
  expect(terminal.text).toBe('said\nshort\nlines')
})

test('one that becomes narrower and then wider keeps no stale line', () => {
  const { terminal, region } = setUp(100)
  region.above('said')
  region.draw(['x'.repeat(90), 'y'.repeat(60), 'z'])
  terminal.resize(40)
  region.draw(['x'.repeat(35), 'y'.repeat(30), 'z'])
  terminal.resize(120)
  region.draw(['x'.repeat(110), 'y'.repeat(60), 'z'])
  expect(terminal.text).toBe(`said\n${'x'.repeat(110)}\n${'y'.repeat(60)}\nz`)
})

test('a wider one needs nothing but a new frame', () => {
  const { terminal, region } = setUp(20)
  region.above('said')
  region.draw(['short', 'lines'])
  terminal.resize(60)
  region.draw(['x'.repeat(50), 'lines'])
  expect(terminal.text).toBe(`said\n${'x'.repeat(50)}\nlines`)
})

test('a terminal that does not know its size is taken for a usual one', () => {
  const { region } = setUp(0, 0)
  expect(region.size).toEqual({ columns: 79, rows: 24 })
})
