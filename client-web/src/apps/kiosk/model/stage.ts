import type { CallId, TerminalStage } from '@/core/protocol'
import type { Reach } from './line'
import type { VisitEvent } from './visit.types'

/** What the server's stage means for the visit's own pages. */
export function eventOf(stage: TerminalStage): VisitEvent {
  switch (stage.stage) {
    case 'free':
      return { type: 'FREED' }
    case 'ended':
      return { type: 'ENDED' }
    default:
      return { type: 'SERVED' }
  }
}

/** How far the media go in a stage: warm from the ticket on, devices open at the ring, everything once a clerk has accepted. */
export function reachOf(stage: TerminalStage | undefined): Reach {
  switch (stage?.stage) {
    case 'waiting':
      return 'warm'
    case 'ringing':
      return 'ring'
    case 'in_call':
      return 'open'
    default:
      return 'none'
  }
}

/** The call of a visit that has ended. */
export function endedCall(stage: TerminalStage | undefined): CallId | undefined {
  return stage?.stage === 'ended' ? stage.call : undefined
}

/** Pages on which somebody may have walked away: before the ticket, where nothing waits for the server. */
export const IDLE_PAGES: ReadonlySet<string> = new Set([
  'language',
  'identify',
  'typing',
  'choose',
  'search',
  'group',
  'scenario',
  'elsewhere',
  'checklist',
  'consents',
  'refused',
  'papers',
])

/** Pages on which somebody may read for long without a touch: whoever is asked there may go on for minutes. */
export const READING_PAGES: ReadonlySet<string> = new Set(['papers'])

/** Pages after the call: a minute without a touch ends the visit without asking. */
export const END_PAGES: ReadonlySet<string> = new Set(['result', 'rating', 'why'])
