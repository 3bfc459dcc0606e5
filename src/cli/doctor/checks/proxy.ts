import type { Check } from '../check.ts'

export const proxy: Check = {
  name: 'proxy',
  needs: ['endpoint'],
  async run(world) {
    const { proxy: used } = await world.connection()
    if (used === undefined) return { state: 'ok', summary: 'none' }
    return { state: 'ok', summary: `${used.name}, by ${used.from}`, facts: { proxy: used } }
  },
}
