import type { Handoff, HandoffStory } from '@/core/api'
import { ms } from './time'

/** How much of the time to answer is left, 1 to 0. */
export function timeShare(one: Pick<HandoffStory, 'offered_at' | 'expires_at'>, nowMs: number): number {
  const whole = ms(one.expires_at) - ms(one.offered_at)
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, (ms(one.expires_at) - nowMs) / whole))
}

/** Whether it still waits for an answer. */
function answerable(one: Pick<Handoff, 'state' | 'expires_at'>, nowMs: number): boolean {
  return one.state === 'offered' && ms(one.expires_at) > nowMs
}

/** What became of an offer while somebody looked at it. */
export type Ending = 'taken' | 'refused' | 'expired' | 'withdrawn'

export function endingOf(one: Pick<Handoff, 'state' | 'expires_at'>, nowMs: number): Ending | undefined {
  if (answerable(one, nowMs)) return undefined
  return one.state === 'accepted' ? 'taken' : one.state === 'offered' ? 'expired' : one.state
}
