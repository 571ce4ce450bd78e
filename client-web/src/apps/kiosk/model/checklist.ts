import type { Catalogue, Named, ScenarioMaterial } from '@/core/api'
import type { MaterialCode } from '@/core/protocol'
import { scenarioOf } from './visit.types'
import type { Visit } from './visit.types'

/** The authorisation that somebody needs who acts for another. */
const AUTHORISATION: MaterialCode = 'AU'
/** Made by the system during the call: nobody is asked whether it is at hand. */
const MADE_HERE: ReadonlySet<MaterialCode> = new Set(['FM'])

export interface Row {
  code: MaterialCode
  must: boolean
  /** `system`: no question, it is made here. */
  ask: 'have' | 'system'
  /** The citizen's answer. */
  have: boolean | undefined
}

/** What the gaps mean, in one of the sentences of the page. */
export type Summary = 'complete' | 'open' | 'later' | 'must'

/** The rows of K08: required ones first. */
export function rowsOf(visit: Visit): Row[] {
  const listed = scenarioOf(visit)?.materials ?? []
  const needed: ScenarioMaterial[] =
    visit.proxy && !listed.some((m) => m.code === AUTHORISATION)
      ? [...listed, { code: AUTHORISATION, primary: true, deferrable: false }]
      : [...listed]
  const rows = needed.map((m): Row => ({
    code: m.code,
    must: m.primary || !m.deferrable,
    ask: MADE_HERE.has(m.code) ? 'system' : 'have',
    have: visit.have[m.code],
  }))
  return [...rows.filter((r) => r.must), ...rows.filter((r) => !r.must)]
}

export function summaryOf(rows: readonly Row[]): Summary {
  const asked = rows.filter((r) => r.ask === 'have')
  if (asked.some((r) => r.must && r.have === false)) return 'must'
  if (asked.some((r) => r.have === false)) return 'later'
  return asked.every((r) => r.have) ? 'complete' : 'open'
}

/** What the ticket says is not at hand. */
export function missingOf(visit: Visit): MaterialCode[] {
  return rowsOf(visit).flatMap((r) => (r.have === false ? [r.code] : []))
}

/** A material's name and what its brackets add, such as "身份证" and "可调电子证照". */
export function splitName(name: string): { name: string; more: string | undefined } {
  const at = name.search(/[(（]/)
  if (at <= 0) return { name, more: undefined }
  return {
    name: name.slice(0, at).trim(),
    more: name
      .slice(at + 1)
      .replace(/[)）]\s*$/, '')
      .trim(),
  }
}

export function materialNamed(catalogue: Catalogue | undefined, code: MaterialCode): Named {
  const found = catalogue?.materials.find((m) => m.code === code)
  return found ?? { name: code, name_zh_hk: code, name_en: code }
}
