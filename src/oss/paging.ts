// Listings have pages. If the markers of a server made no progress, a listing would never end.

import { shown } from '../text/shown.ts'
import { type AnswerHead, badAnswer } from './answer.ts'
import { compareKeys } from './key-order.ts'

/**
 * Refuses a marker that does not come after the one of the request.
 * @throws {NetworkError} `BAD_ANSWER`
 */
export function refuseStandstill(answer: AnswerHead, before = '', next = ''): void {
  if (compareKeys(next, before) > 0) return
  throw badAnswer(answer, `the next page after ${shown(before)} begins after ${shown(next)}`)
}
