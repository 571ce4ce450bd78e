import type { BreakReason, CallResult, DeclineReason } from '@/core/protocol'

/** Lists that the protocol closes, in the order in which they are offered. */
export const BREAKS: readonly BreakReason[] = ['short', 'meal', 'meeting', 'paperwork', 'device']
export const DECLINES: readonly DeclineReason[] = [
  'visitor',
  'urgent_case',
  'device',
  'not_my_field',
  'other',
]
/** `no_result` is what the server writes when nobody chose: nobody chooses it. */
export const RESULTS: readonly CallResult[] = [
  'accepted',
  'advice',
  'intake',
  'not_accepted',
  'handed_over',
  'left_early',
]
/** Reasons for a handoff and for a rejection that fit most cases; the words may be changed before sending. */
export const HANDOFF_REASONS = ['language', 'beyond_powers', 'unsure', 'leaving', 'conflict'] as const
export const REJECT_REASONS = [
  'unclear',
  'incomplete',
  'expired',
  'wrong_person',
  'not_this_paper',
  'altered',
] as const
export const REFUSE_REASONS = ['busy', 'not_mine', 'conflict'] as const
/** Minutes for an answer to a handoff. */
export const ANSWER_MINUTES = [15, 30, 60, 240, 1440] as const
