import { appendFileSync } from 'node:fs'
import { afterAll, expect } from 'vitest'

const path = expect.getState().testPath
const start = process.cpuUsage(globalThis.__cpuMark)
appendFileSync('/tmp/t/cpu.txt', `between ${((start.user + start.system) / 1000) | 0} ${path}\n`)
globalThis.__cpuMark = process.cpuUsage()
const at = process.cpuUsage()
const w = performance.now()
afterAll(() => {
  const u = process.cpuUsage(at)
  appendFileSync(
    '/tmp/t/cpu.txt',
    `${((u.user + u.system) / 1000) | 0} ${(performance.now() - w) | 0} ${path}\n`,
  )
  globalThis.__cpuMark = process.cpuUsage()
})
