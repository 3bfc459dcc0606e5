// `ossup/testing`: helpers for the tests of programs that use ossup or implement one of its interfaces.
//
// These lines check your own checkpoint store. Each check needs an empty store:
//   for (const { name, run } of journalStoreChecks) test(name, () => run({ store: () => myStore() }))
// For a local OSS with faults on request, see `serve` of `ossup/server`.

export { faultyTransport, type TransportFault } from './faulty-transport.ts'
export {
  type JournalPlace,
  type JournalStoreCheck,
  journalStoreChecks,
} from './journal-store-checks.ts'
