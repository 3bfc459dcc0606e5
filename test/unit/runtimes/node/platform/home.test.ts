import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { homeFolder } from '../../../../../src/runtimes/node/platform/home.ts'

const name = process.platform === 'win32' ? 'USERPROFILE' : 'HOME'

test('the variable comes first', () => {
  expect(homeFolder({ [name]: '/somewhere' })).toBe('/somewhere')
})

test.each([[{}], [{ [name]: '' }]])('with %j the user database decides', env => {
  expect([userInfo().homedir, process.env[name]]).toContain(homeFolder(env))
})
