import { formatDuration } from '../../output/figures.ts'
import type { Check } from '../check.ts'
import { problemOf } from '../examine.ts'

/** Checks that a connection can be made, including the tunnel if there is a proxy. */
export const tcp: Check = {
  name: 'tcp',
  needs: ['dns'],
  async run(world) {
    const { host, port, address, proxy, isSecure, reached, error } = await world.connection()
    const { lookup = 0, connect, tunnel } = reached
    if (connect === undefined) return problemOf(error)
    const isTunnelled = proxy !== undefined && isSecure
    if (isTunnelled && tunnel === undefined) return problemOf(error)
    const afterMs = connect - lookup
    const through = isTunnelled ? ', and the proxy lets us through' : ''
    return {
      state: 'ok',
      summary: `connected to ${address ?? host} port ${port} in ${formatDuration(afterMs)}${through}`,
      facts: { address, port, afterMs: Math.round(afterMs) },
    }
  },
}
