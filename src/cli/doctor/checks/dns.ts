import type { Check } from '../check.ts'
import { problemOf } from '../examine.ts'

export const dns: Check = {
  name: 'dns',
  needs: ['proxy'],
  async run(world) {
    const { host, addresses, reached, error } = await world.connection()
    const { lookup, connect } = reached
    const facts = { host, addresses, ...(lookup !== undefined && { afterMs: Math.round(lookup) }) }
    // The host is an IP address, or Node.js reported no lookup but the connection succeeded.
    if (addresses.length === 0 && (connect !== undefined || /^[\d.]+$|:/.test(host))) {
      return { state: 'ok', summary: `${host} is an address`, facts }
    }
    if (addresses.length === 0) return { ...problemOf(error), facts }
    const [first = '', ...others] = addresses
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return { state: 'ok', summary: `${host} is ${first}${more}`, facts }
  },
}
