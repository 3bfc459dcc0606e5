import { formatDuration } from '../../output/figures.ts'
import type { Check } from '../check.ts'

/** OSS refuses a request if its time is wrong by more than this. See oss-facts, section 2.5. */
const allowedMs = 15 * 60_000
/** From this difference on, the check warns. The clock may drift further, until OSS refuses requests. */
const worthSayingMs = 60_000
/** Differences up to this cannot be measured well, because the Date header has whole seconds. */
const unknowableMs = 2_000

export const clock: Check = {
  name: 'clock',
  needs: ['answer'],
  async run(world) {
    const { headers, sentAt, receivedAt } = await world.answer()
    const date = Date.parse(headers.date ?? '')
    if (Number.isNaN(date))
      return { state: 'warning', summary: 'not known: the answer has no date' }
    // The header has no fractions of a second. On average, half a second is missing.
    const offsetMs = Math.round(date + 500 - (sentAt + receivedAt) / 2)
    const off = Math.abs(offsetMs)
    // Later checks sign with OSS's clock, as an upload does after OSS first refused its time.
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
      hints: [
        `${refused}ossup goes by the clock of OSS then; other tools and signed URLs do not. Set this computer's clock right.`,
      ],
    }
  },
}
