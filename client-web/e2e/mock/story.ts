/** The people, places and papers of the desk's page tests: invented, but shaped as the server shapes them. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Case, CaseLine, Catalogue, Colleague, Handoff, Me } from '../../src/core/api'
import type {
  CallView,
  CaseBrief,
  ClerkView,
  MaterialView,
  OfferView,
  PaperBrief,
  SiteView,
} from '../../src/core/protocol'

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
/** Now, in microseconds. */
export const now = (): number => Date.now() * 1000

const sample = resolve(import.meta.dirname, '../../../server/sample')
export const catalogue = JSON.parse(readFileSync(resolve(sample, 'catalogue.json'), 'utf8')) as Catalogue
const sites = JSON.parse(readFileSync(resolve(sample, 'sites.json'), 'utf8')) as { sites: SiteView[] }

export const me: Me = {
  id: 'staff-chen',
  name: '陈敏',
  number: '0312',
  roles: ['clerk'],
  skill_groups: ['civil', 'social'],
  department: 'civil',
  languages: ['zh', 'yue'],
}

export function site(code: string): SiteView {
  const found = sites.sites.find((one) => one.code === code)
  if (!found) throw new Error(code)
  const { name, name_zh_hk, name_en, languages } = found
  return { code, name, name_zh_hk, name_en, languages }
}

export function ticket(number: string, item: string, scenario: string, waited: number) {
  return { id: `ticket-${number}`, number, skill_group: 'civil', item, scenario, taken_at: now() - waited }
}

const C023 = ticket('C023', 'disab-living', 'disab-living/1', 4 * MINUTE + 12 * SECOND)

export const waiting = [
  { ticket: C023, site: 'S10', site_name: '炭步镇·塱头村' },
  {
    ticket: ticket('C024', 'longevity', 'longevity/1', 3 * MINUTE + 5 * SECOND),
    site: 'S12',
    site_name: '梯面镇·红山村',
  },
  {
    ticket: ticket('C025', 'dibao', 'dibao/1', MINUTE + 48 * SECOND),
    site: 'S08',
    site_name: '花山镇·洛场村',
  },
]

export const queues = [{ skill_group: 'civil', waiting: 3, oldest_taken_at: C023.taken_at, ready: 1 }]

export const offer = (): OfferView => ({
  id: 'offer-1',
  ticket: C023,
  site: site('S10'),
  item: 'disab-living',
  scenario: 'disab-living/1',
  spoken: 'yue',
  speaks: true,
  missing: ['AC'],
  consents: [
    { purpose: 'recording', text_version: 'recording-2026-01', locale: 'zh-CN', granted: true },
    { purpose: 'face_check', text_version: 'face-2026-01', locale: 'zh-CN', granted: false },
  ],
  present: false,
  ends_at: now() + 25 * SECOND,
})

export const call = (): CallView => ({
  id: 'call-1',
  started_at: now() - 2 * SECOND,
  ticket: C023,
  site: site('S10'),
  terminal_id: 'terminal-10',
  terminal: { muted: false, camera_off: false, presence: { kind: 'here' } },
  clerk_id: me.id,
  clerk_name: me.name,
  clerk_number: me.number,
  clerk: { muted: false, camera_off: false, presence: { kind: 'here' } },
  on_hold: false,
  slots: { voice: 0, face: 0, aux: 1 },
  assist: { asked: [], granted: [] },
  form: {
    values: {
      name: { text: '王大力', by: 'citizen', version: 1 },
      id_number: { text: '11010519491231002X', by: 'system', version: 1 },
    },
    typing: {},
  },
  consents: offer().consents,
})

const needed = catalogue.items.find((one) => one.code === 'disab-living')?.scenarios[0]?.materials ?? []

export const materials = (): MaterialView[] => needed.map((one) => ({ ...one, state: 'missing', stills: [] }))

export const paper = (kind: PaperBrief['kind'], number: string): PaperBrief => ({
  id: `paper-${kind}`,
  kind,
  number,
  issued_at: now(),
  pages: 1,
})

export const brief = (): CaseBrief => ({
  id: 'case-127',
  number: '2026-000127',
  state: 'intake',
  version: 1,
  item: 'disab-living',
  scenario: 'disab-living/1',
  owner: me.id,
  owner_name: me.name,
  materials: materials(),
  papers: [paper('intake_receipt', '2026-000127-收件-1')],
})

/** The case with its story, as `GET /cases/{id}` tells it. */
export function whole(one: CaseBrief): Case {
  const promised = {
    from: '2026-03-11',
    working_days: 20,
    due: '2026-04-09',
    provisional: false,
    holidays: ['2026-04-04/2026-04-06'],
    made_up: [],
  }
  const at = now() - 10 * MINUTE
  const row = (n: number, kind: Case['timeline'][number]['kind'], facts = {}) => ({
    id: `event-${n}`,
    at: at + n * MINUTE,
    kind,
    actor: 'staff' as const,
    actor_name: '陈敏',
    facts,
  })
  return {
    ...one,
    call: 'call-1',
    department: 'civil-dpf',
    skill_group: 'civil',
    applicant: {
      name: '王大力',
      id_number: '1101 **** **** 002X',
      phone: '138 **** 6621',
      identity_check: { method: 'by_eye', result: 'matches' },
    },
    opened_by: me.id,
    opened_by_name: me.name,
    received_at: at,
    handoffs: one.open_handoff ? [{ ...one.open_handoff, offered_at: now() - 5 * MINUTE }] : [],
    timeline: [
      row(0, 'case_opened', { number: one.number }),
      row(1, 'paper_issued', { kind: 'intake_receipt', number: '2026-000127-收件-1' }),
      row(3, 'material_captured', { material: 'HK' }),
      row(4, 'material_judged', { material: 'HK', judged: 'accepted' }),
      ...(one.state === 'accepted' ? [row(6, 'case_accepted')] : []),
    ],
    ...(one.state === 'intake'
      ? {
          intake: {
            clock: {
              warn_on: '2026-03-16',
              notice_due: { ...promised, working_days: 5, due: '2026-03-18', holidays: [] },
              deemed_accepted_from: '2026-03-11',
            },
            blocked: [],
          },
        }
      : {}),
    ...(one.state === 'accepted'
      ? {
          acceptance: {
            basis: 'declared',
            at: now(),
            by: me.id,
            by_name: me.name,
            due: '2026-04-09',
            deadlines: { promised, statutory: null },
          },
        }
      : {}),
    ...(one.state === 'not_accepted'
      ? {
          non_acceptance: {
            at: now(),
            by: me.id,
            by_name: me.name,
            ground: { ground: 'no_such_procedure' as const },
            explanation: '…',
          },
        }
      : {}),
  }
}

const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

export const lines: CaseLine[] = [
  ['119', '李**', 'disab-cert', 'accepted', soon(12)],
  ['117', '刘**', 'senior-card', 'accepted', soon(2)],
  ['115', '陈**', 'dibao', 'intake', undefined],
  ['112', '周**', 'disab-care', 'accepted', soon(20)],
  ['108', '梁**', 'longevity', 'intake', undefined],
  ['104', '黄**', 'disab-living', 'not_accepted', undefined],
].map(([n, applicant, item, state, due]) => ({
  id: `case-${n}`,
  number: `2026-000${n}`,
  state: state as CaseLine['state'],
  version: 3,
  item: item ?? '',
  scenario: `${item}/1`,
  owner: me.id,
  owner_name: me.name,
  applicant: applicant ?? '',
  id_number: '4401 **** **** 2318',
  received_at: now() - 3 * 24 * 60 * MINUTE,
  ...(due === undefined ? {} : { due }),
  on_offer: n === '112',
}))

export const colleagues: Colleague[] = [
  ['何志强', '0327', 'civil', true, undefined],
  ['林秀英', '0341', 'civil', true, undefined],
  ['吴建华', '0309', 'civil', false, undefined],
  ['罗海', '0355', 'land', true, 'lacks_skill'],
].map(([name, number, department, present, why]) => ({
  id: `staff-${String(number)}`,
  name: String(name),
  number: String(number),
  department: String(department),
  skill_groups: ['civil'],
  present: present === true,
  may_take: why === undefined ? { ok: true } : { ok: false, why: 'lacks_skill' },
}))

export const handoff = (): Handoff => ({
  id: 'handoff-121',
  case: 'case-121',
  case_number: '2026-000121',
  from: 'staff-0327',
  from_name: '何志强',
  to: { kind: 'clerk', staff: me.id },
  reason:
    '申请人和她妈妈只讲客家话，我听不准，怕填错。残疾人证一级，已经看过合格；监护关系证明是村委开的，请您看一下能不能用。',
  state: 'offered',
  expires_at: now() + 18 * MINUTE,
  offered_at: now() - 12 * MINUTE,
  item: 'disab-care',
  scenario: 'disab-care/1',
  skill_group: 'civil',
  case_state: 'intake',
  version: 4,
  owner: 'staff-0327',
  applicant: '张**',
  materials: materials().map((one, n) => ({
    ...one,
    state: n < 2 ? 'accepted' : n === 2 ? 'captured' : 'missing',
  })),
  due: soon(5),
})

export const clerk = (status: ClerkView['status']): ClerkView => ({
  id: me.id,
  name: me.name,
  number: me.number,
  skill_groups: me.skill_groups,
  since: now(),
  status,
  next: { kind: 'ready' },
})
