// `ossup/testing`: for the tests of programs that use ossup, or that bring a part of their own.
//
// A checkpoint store of one's own is held to what the engine relies on with
//   for (const { name, run } of journalStoreChecks) test(name, () => run({ store: () => myStore() }))
// each time on an empty place. A local OSS, with faults on request, is `serve` of `ossup/server`.

export { faultyTransport, type TransportFault } from './faulty-transport.ts'
export {
  type JournalPlace,
  type JournalStoreCheck,
  journalStoreChecks,
} from './journal-store-checks.ts'
