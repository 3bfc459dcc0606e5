import { expect, test } from 'vitest'
import { pickCheckpoint } from '../../../../src/cli/args/pick-checkpoint.ts'
import { JournalError } from '../../../../src/errors.ts'
import { checkpoint } from '../view/checkpoint.ts'

const error = new JournalError('JOURNAL_TOO_NEW', 'too new')
const list = {
  checkpoints: ['abc1', 'abd1', 'e1'].map(id => checkpoint({ id })),
  unreadable: [{ id: 'abd2', error }],
}

test.each([
  ['abc', 'abc1'],
  ['abd1', 'abd1'],
  ['e', 'e1'],
])('%s means %s', (prefix, id) => {
  expect(pickCheckpoint(list, prefix).id).toBe(id)
})

test.each([
  ['', 'no unfinished upload'],
  ['x', 'no unfinished upload'],
  ['abc12', 'no unfinished upload'],
  ['oss://bucket/', 'is an address'],
  ['ab', 'more than one'],
  ['abd', 'more than one'],
  ['abd2', 'too new'],
])('%j means none', (prefix, message) => {
  expect(() => pickCheckpoint(list, prefix)).toThrow(message)
})
