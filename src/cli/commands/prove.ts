import { randomBytes } from 'node:crypto'
import { nodeTransport } from '../../runtimes/node/index.ts'
import { parseAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { networkOf } from '../connect/network.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import { Bench } from '../prove/bench.ts'
import { examineFacts, type Finding } from '../prove/examine.ts'
import { facts, unchecked } from '../prove/facts/index.ts'

export const prove = command({
  usage: ['prove oss://bucket/prefix/'],
  examples: [
    ['ossup prove oss://examplebucket/prove/', 'a report to read'],
    ['ossup prove --json oss://examplebucket/prove/ > report.jsonl', 'a report to send'],
  ],
  details: [
    'Checks what ossup assumes about OSS against a bucket. It makes small objects and uploads below the prefix, in a folder with a random name, and removes them at the end, also after Ctrl-C. The report contains no credentials, no names of buckets and no keys. A fact that differs is a result, not a failure: the exit code is 0.',
  ],
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen, signal } = shell
    const address = parseAddress(target, 'oss://bucket/prefix/')
    if (address.key !== '' && !address.key.endsWith('/')) {
      throw new UsageError('The prefix must end with a slash', 'Write oss://bucket/prefix/.')
    }
    const bucket = await bucketOf(address.bucket, flags, shell)
    const transport = nodeTransport(networkOf(flags).network)
    const folder = `${address.key}.ossup-prove-${randomBytes(6).toString('hex')}/`
    const bench = new Bench(bucket, transport, folder, signal)
    const counts = { holds: 0, differs: 0, 'not-checked': 0 }
    let left = 0
    try {
      // Wrong credentials or a missing bucket end the command with their own exit code.
      const key = bench.newKey()
      const { versionId } = await bucket.putObject({ key, body: '' }, { signal })
      bench.track(key, versionId)
      for await (const finding of examineFacts(facts, bench, signal)) {
        counts[finding.state] += 1
        screen.result('fact', finding, screen.fitted(findingLine(finding)))
      }
    } finally {
      left = await bench.cleanUp()
      transport.close()
      if (left > 0) screen.error(`ossup: ${left} keys below .ossup-prove-* were not removed`)
    }
    for (const { id, reason } of unchecked) {
      screen.result('fact', { id, state: 'not-checked', reason }, `  -  ${id}: ${reason}`)
    }
    const { holds, differs } = counts
    const notChecked = counts['not-checked'] + unchecked.length
    const outcome = { holds, differs, notChecked, left }
    if (left > 0) throw new SomeFailed('The clean-up failed. Remove the rest by hand', outcome)
    const text = `\n${holds} hold, ${differs} differ, ${notChecked} not checked.`
    screen.outcome(outcome, text)
  },
})

function findingLine({ id, title, state, expected, observed, reason }: Finding): string {
  if (state === 'holds') return `  ok ${id}: ${title}: ${observed || 'none'}`
  if (state === 'not-checked') return `  -  ${id}: ${title}: ${reason}`
  return `  != ${id}: ${title}: ${observed || 'none'}, expected ${expected || 'none'}`
}
