// Appends numbered records until it is killed; tells the number of each that was acknowledged.

import { fileJournalStore } from '../../../../../src/runtimes/node/journal/file-journal-store.ts'
import { record } from './record.ts'

const journal = await fileJournalStore(process.argv[2]!).open('a')
const written =
  journal.contents.length === 0
    ? 0
    : Buffer.from(journal.contents).toString().split('\n').length - 1
for (let index = written; ; index += 1) {
  await journal.append(Buffer.from(record(index)))
  process.send?.(index)
  if (index % 50 === 49) await journal.sync()
}
