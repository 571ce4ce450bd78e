// What the rules of cases (server/casework) put into answers. The document of the REST interface calls these `object` or
// `string`, so they are written here by hand; tools/api-types.mjs says where each of them stands.
import type { MaterialCode } from '../protocol'

/** A day where the window stands, such as `2026-04-09`. */
type Day = string

/** A last day with everything that explains it. */
export interface Reckoning {
  from: Day
  working_days: number
  due: Day
  provisional: boolean
  /** Holidays passed over: a day, or first and last day with a slash between. */
  holidays: string[]
  /** Weekend days on which people work. */
  made_up: Day[]
}

/** What acceptance set going; `statutory` is null if no statute sets a time. */
export interface Deadlines {
  promised: Reckoning
  statutory: Reckoning | null
}

/** The five working days of intake. */
export interface IntakeClock {
  warn_on: Day
  notice_due: Reckoning
  deemed_accepted_from: Day
}

/** `deemed`: nobody told the applicant anything within the five days. */
export type Basis = 'declared' | 'deemed'

export type Blocking = 'primary_missing' | 'missing' | 'missing_deferrable' | 'not_judged' | 'rejected'

/** A material that stands in the way of acceptance. */
export interface Blocked {
  material: MaterialCode
  why: Blocking
}

/** A ground of non-acceptance. */
export type Ground = { ground: 'no_such_procedure' } | { ground: 'other_authority'; authority: string }

/** Why a colleague may not be handed a case. */
export type WhyNot = 'lacks_skill' | 'not_in_service' | 'owner'

/** Who did something. */
export type Actor = 'staff' | 'terminal' | 'system' | 'operator'

/** What can happen to a case. */
export type TimelineKind =
  | 'case_opened'
  | 'paper_issued'
  | 'paper_received'
  | 'material_captured'
  | 'material_judged'
  | 'case_accepted'
  | 'case_not_accepted'
  | 'handoff_offered'
  | 'handoff_accepted'
  | 'handoff_refused'
  | 'handoff_expired'
  | 'handoff_withdrawn'
  | 'id_number_revealed'
  | 'deadlines_reckoned_anew'

/** Ids, codes, states, digests; which ones depends on the kind. */
export type Facts = Record<string, unknown>
