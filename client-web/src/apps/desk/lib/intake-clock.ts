import type { IntakeClock } from '@/core/api'

/** How the five working days of intake stand: `overrun` means that the law deems the case accepted. */
export type ClockStand = 'calm' | 'warned' | 'overrun'

/** The days are the server's, reckoned with its holidays; here they are only held against today. */
export function standOf(clock: IntakeClock, today: string): ClockStand {
  if (today > clock.notice_due.due) return 'overrun'
  return today >= clock.warn_on ? 'warned' : 'calm'
}
