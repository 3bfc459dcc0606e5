// Opens a journal on request, reports the result, and keeps it open until a request to close.

import { fileJournalStore } from '../../../../../src/runtimes/node/journal/file-journal-store.ts'

const [directory = '', name = ''] = process.argv.slice(2)
process.send?.('ready')
process.once('message', async () => {
  try {
    const journal = await fileJournalStore(directory).open(name)
    process.once('message', () => journal.close().then(() => process.disconnect()))
    process.send?.('open')
  } catch (error) {
    process.send?.((error as { code?: string }).code ?? String(error), () => process.disconnect())
  }
})
