import { formatAddress, parseObjectAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { waitingFlags } from '../args/upload-flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { commonFlags } from '../connect/connection.ts'
import { writeObject } from '../connect/output-sink.ts'
import { TransferView } from '../view/transfer-view.ts'

export const cat = command({
  usage: ['cat oss://bucket/key > file'],
  examples: [
    ['ossup cat oss://examplebucket/notes.txt', ''],
    ['ossup cat oss://examplebucket/backup.tar | tar -x', 'unpack without a file in between'],
  ],
  details: [
    'The bytes are checked against the CRC-64 of the object as they pass: exit code 6 if they differ. A broken connection is made again, and the output continues where it broke. On a terminal, only text and JSON are shown, by their Content-Type.',
  ],
  positionals: { min: 1, max: 1 },
  flags: { ...waitingFlags, ...commonFlags },
  async run({ positionals: [target = ''], flags }, shell) {
    if (flags.json) {
      throw new UsageError('cat does not support --json', 'Leave --json out.')
    }
    const address = parseObjectAddress(target)
    const view = new TransferView(shell.screen)
    await writeObject(address, flags, shell, {
      onEvent: event => view.event(event),
      ...defined({ offlineTimeoutMs: flags['offline-timeout'] }),
      async check({ contentType }) {
        if (!shell.screen.stdout.isTTY || isText(contentType)) return
        throw new UsageError(
          `${formatAddress(address)} may hold bytes that a terminal takes for commands`,
          `Redirect it: ossup cat ${formatAddress(address)} > file`,
        )
      },
    })
  },
})

/** True if the Content-Type can be shown on a terminal. */
export function isText(contentType = ''): boolean {
  return /^(?:text\/|application\/(?:[\w.+-]+\+)?json\b)/i.test(contentType)
}
