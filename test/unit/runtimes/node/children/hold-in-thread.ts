// Opens a journal in a worker thread and holds it until the thread is ended.

import { parentPort, workerData } from 'node:worker_threads'
import { fileJournalStore } from '../../../../../src/runtimes/node/journal/file-journal-store.ts'

await fileJournalStore(workerData.directory).open(workerData.name)
parentPort?.postMessage('open')
setInterval(() => {}, 1_000_000)
