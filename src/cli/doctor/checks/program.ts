import type { Check } from '../check.ts'

/** The oldest supported Node.js, as `engines` in package.json says. */
const oldest = [20, 19]

export const program: Check = {
  name: 'ossup',
  needs: [],
  async run({ program: { version, node, platform } }) {
    const [major = 0, minor = 0] = node.split('.').map(Number)
    const [oldestMajor = 0, oldestMinor = 0] = oldest
    const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
    return {
      state: isOld ? 'warning' : 'ok',
      summary: `${version} on Node.js ${node}, ${platform}`,
      facts: { version, node, platform },
      ...(isOld && { hints: [`ossup is made for Node.js ${oldest.join('.')} and newer.`] }),
    }
  },
}
