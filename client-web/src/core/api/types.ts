import type {
  ConsentPurpose,
  DepartmentCode,
  ItemCode,
  MaterialCode,
  ScenarioCode,
  SiteView,
  SkillGroupCode,
  Spoken,
  StaffId,
} from '../protocol'

/** `GET /page-config`: what every page must know before anybody signs in. */
export interface PageConfig {
  version: string
  demo: boolean
  /** The telephone number for urgent matters, such as 12345. */
  help_line: string
  /** Only purposes that are really on. */
  consents: ConsentText[]
  hours: {
    open: boolean
    /** `HH:MM`, where the window stands. */
    from: string
    to: string
    /** Monday is 1. */
    weekdays: number[]
    /** When it opens again, in microseconds since 1970; only while it is closed. */
    next_open?: number
  }
  /** Whole minutes east of UTC of the window's own clock: every time shown is told by it. */
  utc_offset_minutes: number
  /** How long a clerk may be away before a call ends, in seconds. */
  clerk_grace_s: number
  /** How long a terminal may be away before its ticket or call ends, in seconds. */
  terminal_grace_s: number
  demo_sites?: SiteView[]
  demo_staff?: { login: string; password: string; name: string }[]
}

export interface ConsentText {
  purpose: ConsentPurpose
  text_version: string
  retention_months?: number
}

/** A name in the three interface languages. */
export interface Named {
  name: string
  name_zh_hk: string
  name_en: string
}

export interface ScenarioMaterial {
  code: MaterialCode
  primary: boolean
  deferrable: boolean
}

export interface Scenario extends Named {
  code: ScenarioCode
  materials: ScenarioMaterial[]
  /** Another authority is competent: the way ends here. */
  refer_to?: Named
}

export interface Item extends Named {
  code: ItemCode
  aliases: string[]
  /** Pinyin initials of the name, one letter for each character that has one. */
  initials?: string
  /** The same for each everyday word. */
  alias_initials?: string[]
  department: DepartmentCode
  skill_group: SkillGroupCode
  promised_working_days: number
  instant: boolean
  question: string
  question_zh_hk: string
  question_en: string
  scenarios: Scenario[]
}

export interface Catalogue {
  departments: (Named & { code: DepartmentCode })[]
  skill_groups: (Named & { code: SkillGroupCode })[]
  materials: (Named & { code: MaterialCode })[]
  packages: (Named & { code: string; items: ItemCode[]; initials?: string })[]
  items: Item[]
}

export interface Me {
  id: StaffId
  name: string
  number: string
  roles: string[]
  skill_groups: SkillGroupCode[]
  department?: DepartmentCode
  languages: Spoken[]
}

export interface SignedIn {
  token: string
  expires_at: number
  me: Me
}

export interface TerminalSession {
  token: string
  expires_at: number
}

export interface Enrolled {
  terminal: string
  site: SiteView
}
