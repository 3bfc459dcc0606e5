import { parseAddress } from '../args/address.ts'
import { checkpointFlags } from '../args/checkpoint-flags.ts'
import { command } from '../args/command.ts'
import { commonFlags } from '../connect/connection.ts'
import { checks } from '../doctor/checks/index.ts'
import { examine } from '../doctor/examine.ts'
import { thisMachine } from '../doctor/machine.ts'
import { Report } from '../doctor/report.ts'
import { exitCodeOf } from '../errors/exit-codes.ts'
import { Unwell } from '../errors/unwell.ts'

export const doctor = command({
  usage: ['doctor', 'doctor oss://bucket/key'],
  examples: [
    ['ossup doctor', 'credentials, network, clock, checkpoint folder'],
    ['ossup doctor oss://examplebucket/videos/film.mp4', 'all that an upload to this key needs'],
  ],
  details: [
    'Checks credentials, network, clock, endpoint, bucket and checkpoint folder. With an address, it also tries what an upload to that address does: it starts one under a random key, sends at most 4 MiB, and aborts it. No object is made. The exit code is 0, or that of the first problem.',
  ],
  positionals: { min: 0, max: 1 },
  flags: {
    ...checkpointFlags,
    ...commonFlags,
  },
  async run({ positionals: [given], flags }, shell) {
    const { screen } = shell
    const target = given === undefined ? undefined : parseAddress(given)
    const report = new Report(screen)
    const world = thisMachine(target, flags, shell)
    const findings = examine(world, checks, check => report.begin(check))
    for await (const finding of findings) report.add(finding)
    const { counts, problems } = report.end()
    const [first] = problems
    if (first !== undefined) {
      const names = [...new Set(problems.map(({ check }) => check))].join(', ')
      const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
      throw new Unwell(`${count} found: ${names}`, exitCodeOf(first.error), counts)
    }
    const warnings = counts.warning === 1 ? '1 warning' : `${counts.warning} warnings`
    screen.outcome(counts, `\nNo problems${counts.warning === 0 ? '' : `, ${warnings}`}.`)
  },
})
