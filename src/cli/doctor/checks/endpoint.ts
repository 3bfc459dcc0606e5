import { OptionError } from '../../../runtimes/node/index.ts'
import type { Check } from '../check.ts'

/** Shows the endpoint that flags, environment variables and files configure. Sends no request. */
export const endpoint: Check = {
  name: 'endpoint',
  needs: [],
  async run(world) {
    try {
      const { address } = await world.bucket()
      const { origin, serviceOrigin, region, style, kind } = address
      const to = world.target === undefined ? (serviceOrigin ?? origin) : origin
      const how =
        style === 'virtual-host' ? '' : `, ${style === 'path' ? 'path style' : 'custom domain'}`
      return {
        state: 'ok',
        summary: `${to}, region ${region}${how}`,
        facts: { endpoint: to, region, style, kind },
      }
    } catch (error) {
      if (world.target !== undefined || !(error instanceof OptionError)) throw error
      return {
        state: 'skipped',
        summary: 'not known, and no address was given',
        hints: ['Set OSS_REGION or --region, or name the place: ossup doctor oss://bucket/key'],
      }
    }
  },
}
