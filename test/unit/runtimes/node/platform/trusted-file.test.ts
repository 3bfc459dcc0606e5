import { expect, test } from 'vitest'
import { distrust } from '../../../../../src/runtimes/node/platform/trusted-file.ts'

const me = { uid: 1000, gid: 1000 }
const owned = { uid: 1000, gid: 1000, mode: 0o600 }

test.each([
  ['mine alone', owned, me, undefined],
  ['mine, readable by all', { ...owned, mode: 0o644 }, me, undefined],
  ["root's", { ...owned, uid: 0, gid: 0, mode: 0o644 }, me, undefined],
  ["another user's", { ...owned, uid: 1001 }, me, /belongs to user 1001, .* runs as user 1000/],
  ["a user's, to root", owned, { uid: 0, gid: 0 }, /belongs to user 1000, .* runs as user 0/],
  ['writable by all', { ...owned, mode: 0o602 }, me, /by every user/],
  ['writable by my own group', { ...owned, mode: 0o660 }, me, undefined],
  ['writable by a shared group', { ...owned, gid: 2000, mode: 0o660 }, me, /by group 2000/],
  [
    'writable by a group that is the main one of many',
    { ...owned, gid: 100, mode: 0o660 },
    { uid: 1000, gid: 100 },
    /by group 100/,
  ],
  ["root's, writable by my own group", { ...owned, uid: 0, mode: 0o664 }, me, undefined],
  [
    'of a system without users',
    { ...owned, mode: 0o666 },
    { uid: undefined, gid: undefined },
    undefined,
  ],
])('%s', (_, file, who, why) => {
  if (why === undefined) expect(distrust(file, who)).toBeUndefined()
  else expect(distrust(file, who)).toMatch(why)
})
