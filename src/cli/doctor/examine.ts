// Runs all checks in order. A check is skipped if a check that it needs did not succeed. A check that throws has
// found a problem.

import { messageOf } from '../../foreign/error.ts'
import { isOssupError } from '../../runtimes/node/index.ts'
import { inFlags } from '../args/option-flags.ts'
import type { Check, Earlier, Finding } from './check.ts'
import type { World } from './world.ts'

export interface Named extends Finding {
  /** The name of the check that made this finding. */
  readonly check: string
}

/** @param onBegin called with the name of each check before it runs, also if it is then skipped */
export async function* examine(
  world: World,
  checks: readonly Check[],
  onBegin: (check: string) => void = () => {},
): AsyncGenerator<Named> {
  const earlier = new Map<string, readonly Finding[]>()
  for (const check of checks) {
    world.signal.throwIfAborted()
    onBegin(check.name)
    const unmet = check.needs.find(name => !isMet(earlier.get(name) ?? []))
    const found =
      unmet === undefined ? await runOne(check, world, earlier) : [skippedFor(unmet, earlier)]
    earlier.set(check.name, found)
    for (const finding of found) yield { check: check.name, ...finding }
  }
}

/**
 * The needed check may itself wait for an earlier one. Then the finding names the earlier one. If the needed check was
 * skipped but nothing is wrong, the finding repeats its summary.
 */
function skippedFor(unmet: string, earlier: Earlier): Finding {
  const findings = earlier.get(unmet) ?? []
  const before = findings.find(({ waitsFor }) => waitsFor !== undefined)
  const isWrong = before !== undefined || findings.some(({ state }) => state === 'problem')
  const [first] = findings
  if (!isWrong && first !== undefined) return { state: 'skipped', summary: first.summary }
  const waitsFor = before?.waitsFor ?? unmet
  return { state: 'skipped', summary: `not tried: first put ${waitsFor} right`, waitsFor }
}

/** True if no finding is a problem and at least one was not skipped. */
function isMet(findings: readonly Finding[]): boolean {
  const states = findings.map(({ state }) => state)
  return !states.includes('problem') && states.some(state => state !== 'skipped')
}

async function runOne(check: Check, world: World, earlier: Earlier): Promise<readonly Finding[]> {
  try {
    return [await check.run(world, earlier)].flat()
  } catch (error) {
    world.signal.throwIfAborted()
    return [problemOf(error)]
  }
}

/** Makes a finding from an error: its message is the summary, its hint is the hints. */
export function problemOf(error: unknown): Finding {
  if (!isOssupError(error)) {
    return {
      state: 'problem',
      summary: messageOf(error),
      error,
    }
  }
  const { hint, flags } = inFlags(error)
  return {
    state: 'problem',
    summary: error.shortMessage + flags,
    error,
    facts: { code: error.code },
    ...(hint !== undefined && { hints: [hint] }),
  }
}
