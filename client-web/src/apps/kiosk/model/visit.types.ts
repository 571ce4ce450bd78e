import type { ConsentText, Item } from '@/core/api'
import type { ConsentAnswer, Locale, MaterialCode, ScenarioCode, Spoken } from '@/core/protocol'

export type Theme = 'standard' | 'elder' | 'hc'

/** A list of items to choose from: those of a life-event tile, or of a package. */
export interface Group {
  kind: 'tile' | 'package'
  code: string
}

/** Everything a visit knows at this terminal. The wipe puts it all back. */
export interface Visit {
  locale: Locale
  spoken: Spoken
  theme: Theme
  idNumber: string | undefined
  /** Acts for somebody else: an authorisation joins the checklist. */
  proxy: boolean
  /** Only wants to ask. */
  advice: boolean
  /** Only reads what to bring, while the window is closed. */
  browsing: boolean
  group: Group | undefined
  item: Item | undefined
  scenario: ScenarioCode | undefined
  /** What is at hand, as the citizen says; unanswered rows are not in it. */
  have: Readonly<Record<MaterialCode, boolean>>
  consents: readonly ConsentAnswer[]
  /** Which consent question is on the screen. */
  question: number
  /** Made anew for each press that asks for a ticket, and kept while that press is tried again. */
  key: string | undefined
  /** Why no ticket could be had. */
  fault: string | undefined
}

export const FRESH: Visit = {
  locale: 'zh-CN',
  spoken: 'zh',
  theme: 'standard',
  idNumber: undefined,
  proxy: false,
  advice: false,
  browsing: false,
  group: undefined,
  item: undefined,
  scenario: undefined,
  have: {},
  consents: [],
  question: 0,
  key: undefined,
  fault: undefined,
}

/** The machine's own: the visit, and what the server configured. */
export interface VisitContext extends Visit {
  asked: readonly ConsentText[]
}

export type VisitEvent =
  | { type: 'CONFIGURED'; consents: readonly ConsentText[] }
  | { type: 'START' }
  | { type: 'BROWSE' }
  | { type: 'BACK' }
  | { type: 'NEXT' }
  | { type: 'LANGUAGE'; locale: Locale; spoken: Spoken }
  | { type: 'THEME'; theme: Theme }
  | { type: 'TYPE_ID' }
  | { type: 'ID'; number: string }
  | { type: 'PROXY' }
  | { type: 'ASK' }
  | { type: 'SEARCH' }
  | { type: 'GROUP'; group: Group }
  | { type: 'ITEM'; item: Item }
  | { type: 'NO_ITEM' }
  | { type: 'SCENARIO'; scenario: ScenarioCode }
  | { type: 'HAVE'; material: MaterialCode; yes: boolean }
  | { type: 'CONSENT'; granted: boolean }
  | { type: 'REFUSED'; fault: string }
  /** The server says: a ticket waits, rings or talks. */
  | { type: 'SERVED' }
  /** The server says: the call is over. */
  | { type: 'ENDED' }
  /** The server says: nobody is here. */
  | { type: 'FREED' }
  | { type: 'PAPERS' }
  | { type: 'RATE'; score: number }
  | { type: 'WIPE' }
  | { type: 'ERASED' }
  | { type: 'NOT_ERASED' }

/** A score from here on is a low rating: one reason is asked for. */
export const LOW_FROM = 4

/** The scenario that was chosen, if any. */
export function scenarioOf(visit: Pick<Visit, 'item' | 'scenario'>) {
  return visit.item?.scenarios.find((s) => s.code === visit.scenario)
}
