import type { AssistView } from '@/core/protocol'

export type AssistAnswer = 'granted' | 'refused'

/**
 * How an open question for assistance ended between two views, if it did: nothing new granted is a no, be it said or by
 * silence. A question that the clerk took back has no answer.
 */
export function answerOf(
  before: AssistView,
  after: AssistView,
  takenBack: boolean,
): AssistAnswer | undefined {
  if (before.asked.length === 0 || after.asked.length > 0 || takenBack) return undefined
  return before.asked.some((one) => after.granted.includes(one)) ? 'granted' : 'refused'
}
