import type {
  CaseBrief,
  CaseState,
  DepartmentCode,
  HandoffBrief,
  HandoffTarget,
  ItemCode,
  MaterialCode,
  MaterialView,
  ScenarioCode,
  SkillGroupCode,
  StaffId,
} from '../protocol'

/** Microseconds since 1970 in UTC. */
type Moment = number
/** A day where the window stands, such as `2026-04-09`. */
type Day = string

/** `POST /cases`, with an `Idempotency-Key`. */
export interface NewCase {
  call: string
  item: ItemCode
  scenario: ScenarioCode
  applicant: { name: string; id_number: string; phone: string; identity_check: IdentityCheck }
}

export interface IdentityCheck {
  method: 'by_eye' | 'card_reader'
  result: 'matches' | 'doubtful'
  note?: string
}

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

export type Blocking = 'primary_missing' | 'missing' | 'missing_deferrable' | 'not_judged' | 'rejected'

/** A case with its story: `GET /cases/{id}`, and the answer to every act on it. */
export interface Case extends CaseBrief {
  call: string
  department: DepartmentCode
  skill_group: SkillGroupCode
  /** Identity and telephone number are masked. */
  applicant: { name: string; id_number: string; phone: string; identity_check: IdentityCheck }
  opened_by: StaffId
  opened_by_name: string
  received_at: Moment
  intake?: {
    clock: { warn_on: Day; notice_due: Reckoning; deemed_accepted_from: Day }
    /** What stands in the way of acceptance; empty means nothing does. */
    blocked: { material: MaterialCode; why: Blocking }[]
    competent_elsewhere?: string
  }
  acceptance?: {
    /** `deemed`: nobody told the applicant anything within the five days; then `at` is when it was received. */
    basis: 'declared' | 'deemed'
    at: Moment
    by: StaffId
    by_name: string
    due: Day
    deadlines: { promised: Reckoning; statutory: Reckoning | null }
  }
  non_acceptance?: { at: Moment; by: StaffId; by_name: string; ground: Ground; explanation: string }
  handoffs: HandoffStory[]
  timeline: TimelineRow[]
}

export type Ground = { ground: 'no_such_procedure' } | { ground: 'other_authority'; authority: string }

/** `POST /cases/{id}/not-accept`. */
export type NotAccept = Ground & { version: number; explanation: string }

/** `PUT /cases/{id}/materials/{code}`; only a rejection has a reason, and always has one. */
export interface JudgeMaterial {
  state: 'accepted' | 'rejected' | 'captured'
  reason?: string
  version: number
}

export interface HandoffStory extends HandoffBrief {
  offered_at: Moment
  ended_at?: Moment
  ended_by?: StaffId
  end_reason?: string
}

/** `POST /cases/{id}/handoffs`. */
export interface NewHandoff {
  to: HandoffTarget
  reason: string
  answer_within_minutes: number
  version: number
}

/** A row of `GET /handoffs?for_me=true` (`{ handoffs }`), and the answer to every act on one. */
export interface Handoff extends HandoffStory {
  item: ItemCode
  scenario: ScenarioCode
  skill_group: SkillGroupCode
  case_state: CaseState
  version: number
  owner: StaffId
  /** Masked. */
  applicant: string
  materials: MaterialView[]
  due: Day
}

export interface TimelineRow {
  id: string
  at: Moment
  kind:
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
  actor: 'staff' | 'terminal' | 'system' | 'operator'
  actor_name?: string
  facts: Record<string, unknown>
}

/** A line of `GET /cases?mine=true&query=…&before=…`; everything personal is masked. */
export interface CaseLine {
  id: string
  number: string
  state: CaseState
  version: number
  item: ItemCode
  scenario: ScenarioCode
  owner: StaffId
  owner_name: string
  applicant: string
  id_number: string
  received_at: Moment
  due?: Day
  on_offer: boolean
}

export interface CasePage {
  cases: CaseLine[]
  next?: string
}

/** `GET /cases/{id}/id-number`: the look is on record. */
export interface Revealed {
  id_number: string
  phone: string
}

/** A row of `GET /colleagues?case=…`. */
export interface Colleague {
  id: StaffId
  name: string
  number: string
  department: DepartmentCode | null
  skill_groups: SkillGroupCode[]
  present: boolean
  may_take: { ok: boolean; why?: 'lacks_skill' | 'not_in_service' | 'owner' }
}
