// Plays seeds of all kinds of fuzzing, one after the other. The entry of scripts/fuzz.mjs.

import { fuzzAnswers } from './answers.ts'
import { fuzzJournal } from './journals.ts'
import { fuzzParsers } from './parsers.ts'

const kinds = { journal: fuzzJournal, answers: fuzzAnswers, parsers: fuzzParsers } as const

export interface Found {
  readonly kind: string
  readonly seed: number
  readonly error: unknown
}

/** @returns what was found: nothing, it is hoped */
export async function fuzz(from: number, seeds: number): Promise<Found[]> {
  const found: Found[] = []
  const rejected: unknown[] = []
  const onRejection = (error: unknown) => rejected.push(error)
  process.on('unhandledRejection', onRejection)
  try {
    for (let seed = from; seed < from + seeds; seed++) {
      for (const [kind, play] of Object.entries(kinds)) {
        try {
          await play(seed)
        } catch (error) {
          found.push({ kind, seed, error })
        }
        for (const error of rejected.splice(0)) found.push({ kind, seed, error })
      }
    }
  } finally {
    process.off('unhandledRejection', onRejection)
  }
  return found
}
