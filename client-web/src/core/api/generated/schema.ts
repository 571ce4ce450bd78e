// Written by `npm run generate` from server/openapi.json: not by hand.
import type {
  CaseState,
  CaseBrief,
  ConsentPurpose,
  SiteView,
  HandoffBrief,
  MaterialView,
  Spoken,
  HandoffTarget,
} from '../../protocol'
import type {
  Basis,
  Deadlines,
  IntakeClock,
  Blocked,
  WhyNot,
  Ground,
  Actor,
  Facts,
  TimelineKind,
} from '../rules'

export interface paths {
  '/cases': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Cases that I may see, newest first. Everything personal is masked. */
    get: operations['list']
    put?: never
    /** Open a case in my own call. The intake receipt is issued in the same act. */
    post: operations['open']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/cases/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A case with its story. */
    get: operations['get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/cases/{id}/accept': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Accept a case (受理): the clock runs, and the acceptance notice is issued in the same act. */
    post: operations['accept']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/cases/{id}/handoffs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Offer my case to a colleague or a department. I stay owner until somebody takes it over. */
    post: operations['offer']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/cases/{id}/id-number': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The whole identity and telephone number, for the owner and the clerk of the call. The look is on record. */
    get: operations['id_number']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/cases/{id}/materials/{code}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /** Judge a material of a case in intake. */
    put: operations['judge']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/cases/{id}/not-accept': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Do not accept a case (不予受理). The notice with the right authority and the remedies is issued in the same act. */
    post: operations['not_accept']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/catalogue': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What the window offers, with pinyin initials for search. Asked again with `If-None-Match`, it costs nothing. */
    get: operations['catalogue']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/colleagues': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The clerks of my hub, those present first, and whether each may be handed the case. */
    get: operations['colleagues']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/demo/enrolment-code': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Gives an enrolment code to everybody who asks. Only a demonstration has this path. */
    post: operations['enrolment_code']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/handoffs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Handoffs that wait for an answer. */
    get: operations['list_handoffs']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/handoffs/{id}/accept': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Take a case over: I am its owner from now on. */
    post: operations['take_over']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/handoffs/{id}/refuse': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Refuse a handoff: the sender stays owner. Of a department, one clerk's refusal is the department's. */
    post: operations['refuse']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/handoffs/{id}/withdraw': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Take my offer back. */
    post: operations['withdraw']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Who I am and what I may do. */
    get: operations['me']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/page-config': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What a page must know before anybody signs in. */
    get: operations['page_config']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/papers/{file}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A paper as it was issued. */
    get: operations['pdf']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/papers/{id}/pages/{file}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A page of a paper, as wide as the terminal's screen. */
    get: operations['page']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/socket-pass': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Gives a pass for one WebSocket connection, for terminals and staff alike. */
    post: operations['socket_pass']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/staff/sign-in': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Opens a session. A wrong name and a wrong password get the same answer after the same time. */
    post: operations['sign_in']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/staff/sign-out': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Ends the session: its token is worth nothing from now on, and its connections are closed. */
    post: operations['sign_out']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/stills': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Announce the still that the clerk asked for. Announcing it again changes nothing. */
    post: operations['create']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/stills/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A still: for those who may see its case, the clerk of its call, and its terminal during the call. */
    get: operations['picture']
    put?: never
    post?: never
    delete?: never
    options?: never
    /** How much of a still is there. */
    head: operations['progress']
    /** Send the next piece of a still. The last one brings the check and binds it to its material. */
    patch: operations['append']
    trace?: never
  }
  '/terminals/challenge': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Gives a terminal something to sign with its device key. Everybody who asks gets one. */
    post: operations['challenge']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/terminals/enrol': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Makes this device a terminal of the code's site. The code works once. */
    post: operations['enrol']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/terminals/session': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Opens a session for a terminal that proves its device key. */
    post: operations['session']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /** @description What acceptance started. */
    AcceptanceView: {
      /**
       * Format: int64
       * @description When; deemed: when it was received.
       */
      at: number
      /** @description `declared`, or `deemed` because nobody told the applicant anything within the five days. */
      basis: Basis
      /**
       * Format: uuid
       * @description Who.
       */
      by: string
      /** @description Their name. */
      by_name: string
      /** @description How it was reckoned. */
      deadlines: Deadlines
      /**
       * Format: date
       * @description The last day.
       */
      due: string
    }
    /** @description An answered challenge. */
    Answer: {
      /** @description The challenge as it was given. */
      challenge: string
      /**
       * @description base64url of the raw 64-byte (IEEE P1363) ECDSA-P256-SHA256 signature over the UTF-8 bytes of
       *     `cloud-window.terminal.v1`, a line feed, and the challenge.
       */
      signature: string
      /**
       * Format: uuid
       * @description The terminal.
       */
      terminal: string
    }
    /** @description Who applies, as much as a page shows. */
    ApplicantView: {
      /** @description The identity number, masked. */
      id_number: string
      /** @description How the identity was checked. */
      identity_check: components['schemas']['IdentityCheck']
      /** @description The name. */
      name: string
      /** @description The telephone number, masked. */
      phone: string
    }
    /** @description Which terminal asks. */
    Ask: {
      /**
       * Format: uuid
       * @description Its id.
       */
      terminal: string
    }
    /** @description Another authority. */
    Authority: {
      /** @description zh-CN. */
      name: string
      /** @description English. */
      name_en: string
      /** @description zh-HK. */
      name_zh_hk: string
    }
    /** @description A line of a list: everything personal is masked. */
    CaseLineView: {
      /** @description The applicant's name, masked. */
      applicant: string
      /**
       * Format: date
       * @description By when it is decided, once accepted.
       */
      due?: string
      /**
       * Format: uuid
       * @description The case.
       */
      id: string
      /** @description The identity number, masked. */
      id_number: string
      /** @description The five working days of intake, only while it is in intake: when the owner is warned, and the last day. */
      intake_clock?: IntakeClock
      /** @description What it is about. */
      item: string
      /** @description Its number. */
      number: string
      /** @description Whether it is on offer to somebody. */
      on_offer: boolean
      /**
       * Format: uuid
       * @description Its owner.
       */
      owner: string
      /** @description The owner's name. */
      owner_name: string
      /**
       * Format: int64
       * @description When it was received.
       */
      received_at: number
      /** @description Its finest branch. */
      scenario: string
      /** @description How it stands. */
      state: CaseState
      /**
       * Format: int32
       * @description Its version.
       */
      version: number
    }
    /** @description A page of a list. */
    CasePage: {
      /** @description Newest first. */
      cases: components['schemas']['CaseLineView'][]
      /**
       * Format: uuid
       * @description What to send as `before` for the next page; none after the last.
       */
      next?: string
    }
    /** @description A case with its whole story. Identity and telephone numbers are masked. */
    CaseView: CaseBrief & {
      acceptance?: components['schemas']['AcceptanceView']
      /** @description Who applies. */
      applicant: components['schemas']['ApplicantView']
      /**
       * Format: uuid
       * @description The call it was opened in.
       */
      call: string
      /** @description Who is responsible for the item. */
      department: string
      /** @description Every handoff, oldest first. */
      handoffs: components['schemas']['HandoffStory'][]
      intake?: components['schemas']['IntakeView']
      non_acceptance?: components['schemas']['NonAcceptanceView']
      /**
       * Format: uuid
       * @description Who opened it.
       */
      opened_by: string
      /** @description Their name. */
      opened_by_name: string
      /**
       * Format: int64
       * @description When it was received.
       */
      received_at: number
      /** @description Whose work it is. */
      skill_group: string
      /** @description What happened, oldest first. */
      timeline: components['schemas']['TimelineRow'][]
    }
    /** @description A catalogue as it is imported and served. Names are zh-CN, with zh-HK and English beside them. */
    Catalogue: {
      /** @description Who is responsible for items. */
      departments: components['schemas']['Named'][]
      /** @description What can be done here (事项). */
      items: components['schemas']['Item'][]
      /** @description What citizens bring. */
      materials: components['schemas']['Named'][]
      /** @description Items that one occasion in life needs together (一件事). */
      packages: components['schemas']['Package'][]
      /** @description Who answers; each is a queue. */
      skill_groups: components['schemas']['Named'][]
      /**
       * Format: int64
       * @description Its version; 0 before it is stored.
       */
      version?: number
    }
    /** @description Something to sign. */
    Challenge: {
      /** @description To be signed within a minute, once. */
      challenge: string
    }
    /** @description A colleague of the same hub. */
    Colleague: {
      /** @description The department. */
      department: string | null
      /**
       * Format: uuid
       * @description The account.
       */
      id: string
      /** @description Whether they may be handed the case. */
      may_take: components['schemas']['MayTakeView']
      /** @description The name. */
      name: string
      /** @description The staff number. */
      number: string
      /** @description Connected at this moment. */
      present: boolean
      /** @description The queues served. */
      skill_groups: string[]
    }
    /** @description One consent question. */
    ConsentQuestion: {
      /**
       * @description What is asked for.
       * @example recording
       */
      purpose: ConsentPurpose
      /**
       * Format: int32
       * @description For how many months what is recorded is kept.
       */
      retention_months?: number
      /** @description The version of the text that is shown; stored with the answer. */
      text_version: string
    }
    /** @description A default account. */
    DemoLogin: {
      /** @description The name to sign in with. */
      login: string
      /** @description The person's name. */
      name: string
      /** @description The staff number. */
      number: string
      /** @description The password, which everybody may know. */
      password: string
    }
    /** @description The public half of a device key, as JWK (RFC 7517). Members that browsers add (`ext`, `key_ops`) are passed over. */
    DeviceKey: {
      /**
       * @description `P-256`.
       * @example P-256
       */
      crv: string
      /**
       * @description `EC`.
       * @example EC
       */
      kty: string
      /** @description First coordinate, base64url. */
      x: string
      /** @description Second coordinate, base64url. */
      y: string
    }
    /** @description A device with a code. */
    Enrol: {
      /**
       * @description The code, as `cloud-window terminal code` printed it.
       * @example 7K2QF-0M9XD
       */
      code: string
      /** @description The public half of the device's key. */
      public_key: components['schemas']['DeviceKey']
    }
    /** @description An enrolled terminal. */
    Enrolled: {
      /** @description Where it stands. */
      site: SiteView
      /**
       * Format: uuid
       * @description Its id from now on.
       */
      terminal: string
    }
    /** @description One part of a request that is wrong. */
    FieldError: {
      /** @description What is wrong with it. */
      detail: string
      /** @description Where: a field such as `applicant.id_number`, or a line. */
      field: string
    }
    /** @description A code for that site. */
    FreshCode: {
      /** @description To be handed to `POST /terminals/enrol`. */
      code: string
      /**
       * Format: int64
       * @description Until when it works, in microseconds since 1970, UTC.
       */
      expires_at: number
    }
    /**
     * @description A ground of non-acceptance.
     * @enum {string}
     */
    GroundWord: 'no_such_procedure' | 'other_authority'
    /** @description Why. */
    HandoffRefusal: {
      /** @description In words for the sender, at most 500 characters. */
      reason: string
    }
    /** @description A handoff with how it ended. */
    HandoffStory: HandoffBrief & {
      /** @description Why it was refused. */
      end_reason?: string
      /**
       * Format: int64
       * @description When it ended.
       */
      ended_at?: number
      /**
       * Format: uuid
       * @description Who answered.
       */
      ended_by?: string
      /**
       * Format: int64
       * @description Since when.
       */
      offered_at: number
    }
    /** @description A handoff with what its receiver must know to answer. */
    HandoffView: components['schemas']['HandoffStory'] & {
      /** @description The applicant's name, masked. */
      applicant: string
      /** @description How the case stands. */
      case_state: CaseState
      /**
       * Format: date
       * @description By when the case must be decided, or the applicant be told.
       */
      due: string
      /** @description What the case is about. */
      item: string
      /** @description The state of every material. */
      materials: MaterialView[]
      /**
       * Format: uuid
       * @description Its owner now.
       */
      owner: string
      /** @description Its finest branch. */
      scenario: string
      /** @description Whose work it is. */
      skill_group: string
      /**
       * Format: int32
       * @description The case's version.
       */
      version: number
    }
    /** @description How an identity was checked. */
    IdentityCheck: {
      /** @description By what. */
      method: components['schemas']['IdentityMethod']
      /** @description What the clerk notes. */
      note?: string
      /** @description What came out. */
      result: components['schemas']['IdentityResult']
    }
    /**
     * @description By what an identity was checked.
     * @enum {string}
     */
    IdentityMethod: 'by_eye' | 'card_reader'
    /**
     * @description What an identity check came to.
     * @enum {string}
     */
    IdentityResult: 'matches' | 'doubtful'
    /** @description What intake waits for. */
    IntakeView: {
      /** @description What stands in the way of acceptance; empty means nothing does. */
      blocked: Blocked[]
      /** @description The five working days. */
      clock: IntakeClock
      /** @description The authority that is competent instead, if the scenario belongs to another one. */
      competent_elsewhere?: string
    }
    /** @description One thing that can be done here (事项). */
    Item: {
      /** @description First letters of each alias, in the same order; computed on import. */
      alias_initials?: string[]
      /** @description Everyday words for it. */
      aliases: string[]
      /** @description Its code. */
      code: string
      /** @description Who is responsible. */
      department: string
      /** @description First letters of the name's pinyin, lower case, one per character; computed on import. */
      initials?: string
      /** @description Done while one waits (即办件). */
      instant: boolean
      /** @description Which law it follows. */
      legal_profile: components['schemas']['LegalProfile']
      /** @description zh-CN. */
      name: string
      /** @description English. */
      name_en: string
      /** @description zh-HK. */
      name_zh_hk: string
      /**
       * Format: int32
       * @description Working days promised (承诺时限).
       */
      promised_working_days: number
      /** @description What the scenarios answer, zh-CN. */
      question: string
      /** @description English. */
      question_en: string
      /** @description zh-HK. */
      question_zh_hk: string
      /** @description Its finest branches (情形). */
      scenarios: components['schemas']['Scenario'][]
      /** @description Who answers. */
      skill_group: string
      /**
       * Format: int32
       * @description Working days a statute sets; none if none does.
       */
      statutory_working_days: number | null
    }
    /** @description What the clerk says of a material. */
    Judged: {
      /** @description Why it is rejected, in words that the applicant can act on; only, and always, with `rejected`. */
      reason?: string
      /** @description `accepted`, `rejected`, or `captured`: it lies there and is not judged (any more). */
      state: components['schemas']['JudgedState']
      /**
       * Format: int32
       * @description The version of the case that the clerk saw.
       */
      version: number
    }
    /**
     * @description How a material is judged.
     * @enum {string}
     */
    JudgedState: 'accepted' | 'rejected' | 'captured'
    /**
     * @description Which law an item follows (domain.md).
     * @enum {string}
     */
    LegalProfile: 'licence' | 'confirmation' | 'benefit' | 'public_service'
    /** @description Whether somebody may be handed a case. */
    MayTakeView: {
      /** @description Yes or no. */
      ok: boolean
      /** @description Why not: `lacks_skill`, `not_in_service` or `owner`. */
      why?: WhyNot
    }
    /** @description A member of staff, as they see themselves. */
    Me: {
      /** @description The department, if any. */
      department: string | null
      /**
       * Format: uuid
       * @description The account.
       */
      id: string
      /** @description Spoken languages. */
      languages: Spoken[]
      /** @description The name, as citizens see it. */
      name: string
      /** @description The staff number. */
      number: string
      /** @description What they may do. */
      roles: components['schemas']['Role'][]
      /** @description The queues they serve. */
      skill_groups: string[]
    }
    /** @description Something with a code and a name in three languages. */
    Named: {
      /** @description Its code. */
      code: string
      /** @description zh-CN. */
      name: string
      /** @description English. */
      name_en: string
      /** @description zh-HK. */
      name_zh_hk: string
    }
    /** @description A material that a scenario needs. */
    Needed: {
      /** @description Which. */
      code: string
      /** @description It may follow later (可容缺). */
      deferrable: boolean
      /** @description Acceptance is impossible without it (主件). */
      primary: boolean
    }
    /** @description Who applies. */
    NewApplicant: {
      /** @description The identity number, 18 characters with a valid check digit. */
      id_number: string
      /** @description How the identity was checked. */
      identity_check: components['schemas']['IdentityCheck']
      /** @description The name. */
      name: string
      /** @description A telephone number. */
      phone: string
    }
    /** @description What a clerk sends to open a case. */
    NewCase: {
      /** @description Who applies. */
      applicant: components['schemas']['NewApplicant']
      /**
       * Format: uuid
       * @description The call in which it is opened: the clerk's own.
       */
      call: string
      /** @description The item. */
      item: string
      /** @description Its finest branch. */
      scenario: string
    }
    /** @description What a clerk sends to hand a case over. */
    NewHandoff: {
      /**
       * Format: int32
       * @description How long the offer stands.
       */
      answer_within_minutes: number
      /** @description Why. */
      reason: string
      /** @description To whom: `{"kind": "clerk", "staff": …}` or `{"kind": "department", "department": …}`. */
      to: HandoffTarget
      /**
       * Format: int32
       * @description The version of the case that the clerk saw.
       */
      version: number
    }
    /** @description Why it was not accepted. */
    NonAcceptanceView: {
      /**
       * Format: int64
       * @description When.
       */
      at: number
      /**
       * Format: uuid
       * @description Who.
       */
      by: string
      /** @description Their name. */
      by_name: string
      /** @description In words for the applicant. */
      explanation: string
      /** @description `ground` and, for another authority, its name. */
      ground: Ground
    }
    /** @description Why the case is not accepted. */
    NotAccepting: {
      /** @description The competent authority; only, and always, with `other_authority`. */
      authority?: string
      /** @description In words for the applicant, at most 500 characters. */
      explanation: string
      /** @description One of the two grounds; papers that are missing are none. */
      ground: components['schemas']['GroundWord']
      /**
       * Format: int32
       * @description The version that the clerk saw.
       */
      version: number
    }
    /** @description An open session. */
    Opened: {
      /**
       * Format: int64
       * @description When the session ends by itself, in microseconds since 1970, UTC.
       */
      expires_at: number
      /** @description Sent as `Authorization: Bearer …` with every request. Kept in memory only, never in a URL. */
      token: string
    }
    /** @description When the window is open. */
    OpeningHours: {
      /** @description First minute, `HH:MM`. */
      from: string
      /**
       * Format: int64
       * @description When it opens again, in microseconds since 1970, UTC; only while it is closed.
       */
      next_open?: number
      /** @description At this moment. */
      open: boolean
      /** @description First minute after, `HH:MM`. */
      to: string
      /** @description Days of the week; Monday is 1. */
      weekdays: number[]
    }
    /** @description Items that one occasion in life needs together (一件事). */
    Package: components['schemas']['Named'] & {
      /** @description First letters of the name's pinyin, lower case, one per character; computed on import. */
      initials?: string
      /** @description Its items, in the order they are done. */
      items: string[]
    }
    /** @description What every page must know before anybody signs in. */
    PageConfig: {
      /** @description The authority whose window this is, as it stands on papers. */
      authority: string
      /**
       * Format: int32
       * @description How long a clerk may be away before a call ends, in seconds.
       */
      clerk_grace_s: number
      /** @description Questions of consent, only for what is really done. */
      consents: components['schemas']['ConsentQuestion'][]
      /** @description This is a demonstration: default accounts exist, and every page says so. */
      demo: boolean
      /** @description In a demonstration: the sites that a kiosk may choose from. */
      demo_sites?: SiteView[]
      /** @description In a demonstration: who may sign in. */
      demo_staff?: components['schemas']['DemoLogin'][]
      /** @description The telephone number for urgent matters. */
      help_line: string
      /** @description When the window is open. */
      hours: components['schemas']['OpeningHours']
      /**
       * Format: int32
       * @description The protocol spoken on `/ws`; a page of another one reloads itself.
       */
      protocol: number
      /**
       * Format: int32
       * @description How long a terminal may be away before its ticket or call ends, in seconds.
       */
      terminal_grace_s: number
      /**
       * Format: int32
       * @description Whole minutes east of UTC of the window's own clock: every time that is shown or printed is told by it.
       */
      utc_offset_minutes: number
      /** @description The server's version. */
      version: string
    }
    /**
     * @description A refusal, as `application/problem+json`. Clients branch on `code`; `detail` is English and for logs, never
     *     holds personal data and never says more about an inner failure than that there was one.
     */
    Problem: {
      /** @description What happened, for programs. */
      code: string
      /** @description What happened and what to do. */
      detail: string
      /** @description The parts of the request that are wrong, all of them, each with its place. */
      errors?: components['schemas']['FieldError'][]
      /**
       * Format: int32
       * @description The HTTP status.
       */
      status: number
      /** @description The HTTP status in words. */
      title: string
      /** @description `urn:cloud-window:problem:` and the code. */
      type: string
    }
    /** @description What was uncovered. The look is on record. */
    Revealed: {
      /** @description The whole identity number. */
      id_number: string
      /** @description The whole telephone number. */
      phone: string
    }
    /**
     * @description What somebody may do. Nobody may do anything without one.
     * @enum {string}
     */
    Role: 'clerk' | 'supervisor' | 'system_admin' | 'security_admin' | 'audit_admin'
    /** @description The finest branch of an item (情形). */
    Scenario: {
      /** @description Its code. */
      code: string
      /** @description What to bring. */
      materials: components['schemas']['Needed'][]
      /** @description zh-CN. */
      name: string
      /** @description English. */
      name_en: string
      /** @description zh-HK. */
      name_zh_hk: string
      refer_to?: components['schemas']['Authority']
    }
    /** @description What the clerk saw. */
    SeenVersion: {
      /**
       * @description The clerk accepts although the identity check is doubtful; it goes on record.
       * @default false
       */
      despite_doubt: boolean
      /**
       * Format: int32
       * @description The case's version.
       */
      version: number
    }
    /** @description Who wants in. */
    SignIn: {
      /**
       * @description The name to sign in with.
       * @example chenmin
       */
      login: string
      /**
       * Format: password
       * @description The password.
       */
      password: string
    }
    /** @description An open session. */
    SignedIn: {
      /**
       * Format: int64
       * @description When the session ends by itself, in microseconds since 1970, UTC.
       */
      expires_at: number
      /** @description Who signed in. */
      me: components['schemas']['Me']
      /** @description Sent as `Authorization: Bearer …` with every request. Kept no longer than the page's tab lives, never in a URL. */
      token: string
    }
    /** @description A pass for one WebSocket. */
    SocketPass: {
      /**
       * Format: int64
       * @description How many seconds it is good.
       */
      expires_in_s: number
      /** @description Said in the first message on the socket. */
      pass: string
    }
    /** @description Something that happened. */
    TimelineRow: {
      /** @description `staff`, `terminal`, `system` or `operator`. */
      actor: Actor
      /** @description The name of the member of staff. */
      actor_name?: string
      /**
       * Format: int64
       * @description When.
       */
      at: number
      /** @description Ids, codes, states, digests. */
      facts: Facts
      /**
       * Format: uuid
       * @description The event in the ledger.
       */
      id: string
      /** @description What, such as `case_accepted`. */
      kind: TimelineKind
    }
    /** @description Handoffs that wait. */
    Waiting: {
      /** @description Those that end first in front. */
      handoffs: components['schemas']['HandoffView'][]
    }
    /** @description Which site a kiosk of the demonstration wants to be. */
    Wish: {
      /** @description Its code, such as `S10`. */
      site: string
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  list: {
    parameters: {
      query?: {
        /** @description Only cases that I own. */
        mine?: boolean
        /** @description A case number or its beginning, a whole identity number, or a whole name. */
        query?: string
        /** @description `next` of the page before. */
        before?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description a page */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CasePage']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  open: {
    parameters: {
      query?: never
      header: {
        /** @description made by the client for this act: 8 to 100 visible ASCII characters */
        'Idempotency-Key': string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewCase']
      }
    }
    responses: {
      /** @description the case; `Idempotency-Replayed: true` if it was opened by the same request before */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseView']
        }
      }
      /** @description `bad_request`: no JSON, or no key */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_your_call` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_entitled`: not my skill group; `key_reused`; `no_glyph` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `invalid`, with every field that is wrong */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `no_font` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  get: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description the case */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseView']
        }
      }
      /** @description `not_yours`; the attempt is on record */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  accept: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['SeenVersion']
      }
    }
    responses: {
      /** @description the case, accepted */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseView']
        }
      }
      /** @description `not_owner`, `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `stale`; `materials`, `errors` names each that stands in the way; `other_authority`; `handoff_open`; `not_in_intake`; `identity_doubtful` without `despite_doubt` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `no_font` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  offer: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewHandoff']
      }
    }
    responses: {
      /** @description the offer */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['HandoffView']
        }
      }
      /** @description `not_owner`, `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `stale`; `handoff_open`: withdraw the other first; `not_entitled`; `to_oneself`; `closed` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `invalid`: no reason, or no possible time */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  id_number: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description uncovered */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Revealed']
        }
      }
      /** @description `not_yours`; the attempt is on record */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  judge: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
        code: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Judged']
      }
    }
    responses: {
      /** @description the case with the material judged */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseView']
        }
      }
      /** @description `not_owner`, `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found`: no such case, or it has no such material */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `stale`, `not_in_intake` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `invalid`: rejected without a reason */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  not_accept: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NotAccepting']
      }
    }
    responses: {
      /** @description the case, not accepted */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseView']
        }
      }
      /** @description `not_owner`, `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `stale`, `handoff_open`, `not_in_intake` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `invalid`: no explanation, no authority */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  catalogue: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description the version in force */
      200: {
        headers: {
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Catalogue']
        }
      }
      /** @description unchanged */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  colleagues: {
    parameters: {
      query?: {
        /** @description A case that may be handed over; without one `may_take` only says who is in service. */
        case?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description everybody but me */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Colleague'][]
        }
      }
      /** @description `forbidden`, `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found`: no such case */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  enrolment_code: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Wish']
      }
    }
    responses: {
      /** @description a code, good once */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FreshCode']
        }
      }
      /** @description `not_found`: no such site, or no demonstration */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  list_handoffs: {
    parameters: {
      query?: {
        /** @description True: offers that wait for my answer. False: offers of mine that wait for somebody's. */
        for_me?: boolean
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description those that end first in front */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Waiting']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  take_over: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description taken over */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['HandoffView']
        }
      }
      /** @description `not_for_you` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `handoff_gone`: somebody was quicker, or it was withdrawn; `handoff_expired`; `not_entitled` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  refuse: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['HandoffRefusal']
      }
    }
    responses: {
      /** @description refused */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['HandoffView']
        }
      }
      /** @description `not_for_you` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `handoff_gone`, `handoff_expired` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `invalid`: no reason */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  withdraw: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description withdrawn */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['HandoffView']
        }
      }
      /** @description `not_owner`, `not_for_you` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `handoff_gone`: it was answered or has expired */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  me: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description the account of the session */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Me']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  page_config: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description for kiosk and desk alike */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PageConfig']
        }
      }
    }
  }
  pdf: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description the paper's id and `.pdf` */
        file: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description the PDF */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/pdf': number[]
        }
      }
      /** @description `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  page: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
        /** @description the page, from 1, and `.png` */
        file: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description the page */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'image/png': number[]
        }
      }
      /** @description `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `paper_changed`: issued by another version of the program; read the PDF */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  socket_pass: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description a pass */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SocketPass']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `too_many`: this session holds too many unused passes */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  sign_in: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['SignIn']
      }
    }
    responses: {
      /** @description signed in */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SignedIn']
        }
      }
      /** @description `wrong_credentials` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `locked`: too many wrong passwords; see Retry-After */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `unavailable`: too many sign-ins at once; see Retry-After */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  sign_out: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description signed out */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  create: {
    parameters: {
      query?: never
      header: {
        /** @description `1.0.0` */
        'Tus-Resumable': string
        /** @description bytes, at most 12 MiB */
        'Upload-Length': number
        /** @description `still`, `call` and `digest` (SHA-256, hexadecimal), each followed by its Base64 */
        'Upload-Metadata': string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description `Location` takes the pieces; `Upload-Offset` says how much is there */
      201: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      /** @description `bad_request` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_your_call`: nobody asked for it in this terminal's call */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `other_still`: announced otherwise before */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `tus_version` */
      412: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `too_big` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  picture: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description the picture */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'image/jpeg': number[]
        }
      }
      /** @description `not_yours` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  progress: {
    parameters: {
      query?: never
      header: {
        /** @description `1.0.0` */
        'Tus-Resumable': string
      }
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description `Upload-Offset` and `Upload-Length` */
      200: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      /** @description no such still of this terminal */
      404: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      /** @description another version of tus */
      412: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  append: {
    parameters: {
      query?: never
      header: {
        /** @description `1.0.0` */
        'Tus-Resumable': string
        /** @description where the piece begins */
        'Upload-Offset': number
      }
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/offset+octet-stream': number[]
      }
    }
    responses: {
      /** @description `Upload-Offset` says how much is there now */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `other_offset`: ask with HEAD; `not_asked`: the citizen has stopped it */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `tus_version` */
      412: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `too_big`: more than was announced */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `not_a_piece`: wrong content type; `no_picture`: neither JPEG, PNG nor WebP */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `other_digest`: not what was announced; it begins anew */
      460: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  challenge: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Ask']
      }
    }
    responses: {
      /** @description a challenge */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Challenge']
        }
      }
      /** @description `bad_request` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  enrol: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Enrol']
      }
    }
    responses: {
      /** @description enrolled */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Enrolled']
        }
      }
      /** @description `bad_code`: unknown, used or expired */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
      /** @description `invalid`: the key is no P-256 public key */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
  session: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Answer']
      }
    }
    responses: {
      /** @description a session */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Opened']
        }
      }
      /** @description `unauthenticated`: unknown or locked-out terminal, or a challenge or signature that is not good */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Problem']
        }
      }
    }
  }
}
