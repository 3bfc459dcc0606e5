import { randomBytes } from 'node:crypto'
import { type Bucket, nodeTransport } from '../../runtimes/node/index.ts'
import { parseAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags, signerOf } from '../connect/connection.ts'
import { networkOf } from '../connect/network.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import type { Screen } from '../output/screen.ts'
import { version } from '../output/version.ts'
import { Bench } from '../prove/bench.ts'
import { cleanUp } from '../prove/clean-up.ts'
import { examineFacts } from '../prove/examine.ts'
import { facts, unchecked } from '../prove/facts/index.ts'
import { findingLine, leftLine, reportHead } from '../prove/report.ts'
import { shownVersioning } from '../prove/versioning-state.ts'

const folderName = /(?:^|\/)\.ossup-prove-[0-9a-f]{12}\/$/

export const prove = command({
  usage: ['prove oss://bucket/prefix/', 'prove --remove oss://bucket/prefix/.ossup-prove-<id>/'],
  examples: [
    ['ossup prove oss://examplebucket/prove/', 'a report to read or to paste'],
    ['ossup prove --json oss://examplebucket/prove/ > report.jsonl', 'a report for a program'],
  ],
  details: [
    'Checks what ossup assumes about OSS against a bucket. It makes small objects and uploads below the prefix, in a folder with a random name, and removes them at the end, also after Ctrl-C. It does not touch anything else. The report contains no credentials, no names of buckets and no keys.',
    'A fact that differs is a result, not a failure: the exit code is 0. If the clean-up fails, the command lists what stayed and prints the command that removes it, and the exit code is 9.',
  ],
  positionals: { min: 1, max: 1 },
  flags: {
    remove: toggle('only remove what an earlier run left in its folder'),
    ...commonFlags,
  },
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen, signal } = shell
    const address = parseAddress(target, 'oss://bucket/prefix/')
    if (address.key !== '' && !address.key.endsWith('/')) {
      throw new UsageError('The prefix must end with a slash', 'Write oss://bucket/prefix/.')
    }
    if (flags.remove && !folderName.test(address.key)) {
      throw new UsageError(
        'This is not a folder of ossup prove',
        'The name of the folder is .ossup-prove- and 12 hex digits.',
      )
    }
    const name = `.ossup-prove-${randomBytes(6).toString('hex')}/`
    const folder = flags.remove ? address.key : `${address.key}${name}`
    const bucket = await bucketOf(address.bucket, flags, shell)
    const transport = nodeTransport(networkOf(flags).network)
    const payer = flags['request-payer']
    const headers = payer === undefined ? {} : { 'x-oss-request-payer': payer }
    const bench = new Bench({
      ...{ bucket, transport, folder, signal, headers },
      signer: signerOf(bucket, flags, shell),
    })
    const counts = { holds: 0, differs: 0, 'not-permitted': 0, 'not-checked': 0 }
    let left = 0
    try {
      if (!flags.remove) await reportInto(counts, bench, bucket, screen, signal)
    } finally {
      left = await cleanUpAndTell(bench, screen)
      transport.close()
    }
    const { holds, differs } = counts
    const outcome = {
      ...{ holds, differs, notPermitted: counts['not-permitted'] },
      ...{ notChecked: counts['not-checked'], requests: bench.requests, left },
    }
    if (left > 0)
      throw new SomeFailed('The clean-up failed. See above how to remove the rest', outcome)
    screen.outcome(
      outcome,
      `\n${holds} hold, ${differs} differ, ${outcome.notPermitted} not permitted, ${outcome.notChecked} not checked. ${bench.requests} requests, nothing left in the bucket.`,
    )
  },
})

type Counts = Record<'holds' | 'differs' | 'not-permitted' | 'not-checked', number>

async function reportInto(
  counts: Counts,
  bench: Bench,
  bucket: Bucket,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  // Wrong credentials or a missing bucket end the command with their own exit code.
  const key = bench.newKey()
  bench.traces.addKey(key)
  bench.countRequest()
  const { versionId } = await bucket.putObject({ key, body: '' }, { signal })
  if (versionId !== undefined) bench.traces.addVersion(key, versionId)
  const { endpoint = '', style, region } = bucket.address
  const head = {
    ...{ version, date: new Date(bucket.now()).toISOString(), region },
    // A custom domain is as good as the name of the bucket.
    endpoint: style === 'cname' ? 'a custom domain' : hostOf(endpoint),
    versioning: await shownVersioning(bench),
  }
  screen.result('report', head, reportHead(head))
  for await (const finding of examineFacts(facts, bench, signal)) {
    counts[finding.state] += 1
    screen.result('fact', finding, findingLine(finding))
  }
  for (const { id, reason } of unchecked) {
    counts['not-checked'] += 1
    screen.result('fact', { id, state: 'not-checked', reason }, `  -  ${id}: ${reason}`)
  }
}

/** @returns how much is left */
async function cleanUpAndTell(bench: Bench, screen: Screen): Promise<number> {
  const left = await cleanUp(bench)
  const command = `ossup prove --remove oss://${bench.bucket.name}/${bench.folder}`
  for (const thing of left) screen.result('left', { ...thing, command }, leftLine(thing))
  if (left.length > 0) screen.error(`ossup: to remove the rest: ${command}`)
  return left.length
}

const hostOf = (endpoint: string) =>
  URL.canParse(endpoint) ? new URL(endpoint).host || endpoint : endpoint
