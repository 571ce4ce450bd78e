import { Problem, Unreachable } from '@/core/api'
import { LinkLost, Refused } from '@/core/signal'

/** A text of the catalogue that says what happened, what stays safe, and what to do. */
export interface Said {
  key: string
  named: Record<string, string | number>
}

const REFUSED = new Set([
  'not_found',
  'not_yours',
  'stale',
  'offer_gone',
  'no_consent',
  'field_locked',
  'draining',
  'not_stored',
  'too_many',
])

const PROBLEMS = new Set([
  'stale',
  'materials',
  'other_authority',
  'identity_doubtful',
  'handoff_open',
  'handoff_gone',
  'handoff_expired',
  'not_in_intake',
  'not_entitled',
  'not_owner',
  'not_yours',
  'not_your_call',
  'not_for_you',
  'not_found',
  'to_oneself',
  'closed',
  'key_reused',
  'no_glyph',
  'no_font',
  'invalid',
  'unavailable',
  'unauthenticated',
  'forbidden',
])

/** Never a raw message: a sentence of ours, with the code in small print where there is none. */
export function faultText(error: unknown): Said {
  if (error instanceof LinkLost) return { key: 'fault.link_lost', named: {} }
  if (error instanceof Unreachable) return { key: 'fault.unreachable', named: {} }
  if (error instanceof Refused) {
    return REFUSED.has(error.code)
      ? { key: `fault.refused.${error.code}`, named: {} }
      : { key: 'fault.other', named: { code: error.code } }
  }
  if (error instanceof Problem) {
    return PROBLEMS.has(error.code)
      ? { key: `fault.problem.${error.code}`, named: {} }
      : { key: 'fault.other', named: { code: error.code } }
  }
  return { key: 'fault.other', named: { code: 'client' } }
}
