import { formatDuration } from '../../output/figures.ts'
import type { Check } from '../check.ts'

/** OSS refuses what is further off than that; oss-facts, section 2.5. */
const allowedMs = 15 * 60_000
/** From here on a clock that drifts will be in trouble some day. */
const worthSayingMs = 60_000
/** The Date header has whole seconds. */
const unknowableMs = 2_000

export const clock: Check = {
  name: 'clock',
  needs: ['answer'],
  async run(world) {
    const { headers, sentAt, receivedAt } = await world.answer()
    const date = Date.parse(headers.date ?? '')
    if (Number.isNaN(date))
      return { state: 'warning', summary: 'not known: the answer has no date' }
    // The header was cut to the second, so on average half of one is missing.
    const offsetMs = Math.round(date + 500 - (sentAt + receivedAt) / 2)
    const off = Math.abs(offsetMs)
    // What follows is signed by OSS's clock, as an upload would do after the first refusal.
    if (off > worthSayingMs) (await world.bucket()).correctClock(date)
    const facts = { offsetMs }
    if (off <= unknowableMs) return { state: 'ok', summary: 'agrees with that of OSS', facts }
    const summary = `${formatDuration(off)} ${offsetMs > 0 ? 'behind' : 'ahead of'} that of OSS`
    if (off <= worthSayingMs) return { state: 'ok', summary, facts }
    const refused =
      off > allowedMs ? 'OSS refuses requests that are more than 15 minutes off. ' : ''
    return {
      state: 'warning',
      summary,
      facts,
      advice: [
        `${refused}ossup goes by the clock of OSS then; other tools and signed URLs do not. Set this computer's clock right.`,
      ],
    }
  },
}
