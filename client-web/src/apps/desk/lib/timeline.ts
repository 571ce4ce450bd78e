import type { TimelineRow } from '@/core/api'

export interface TimelineText {
  key: string
  material: string | undefined
  number: string | undefined
}

const KNOWN = new Set<string>([
  'case_opened',
  'paper_issued',
  'paper_received',
  'material_captured',
  'material_judged',
  'case_accepted',
  'case_not_accepted',
  'handoff_offered',
  'handoff_accepted',
  'handoff_refused',
  'handoff_expired',
  'handoff_withdrawn',
  'id_number_revealed',
  'deadlines_reckoned_anew',
])

/** The text of an event; a kind that this page does not know yet is still shown as something that happened. */
export function timelineText(row: Pick<TimelineRow, 'kind' | 'facts'>): TimelineText {
  const text = (name: string) => {
    const value = row.facts[name]
    return typeof value === 'string' ? value : undefined
  }
  const what = { material: text('material'), number: text('number') }
  if (!KNOWN.has(row.kind)) return { key: 'timeline.other', ...what }
  if (row.kind === 'material_judged') {
    const judged = text('judged')
    const known = judged === 'accepted' || judged === 'rejected' || judged === 'captured'
    return { key: `timeline.material_judged.${known ? judged : 'captured'}`, ...what }
  }
  if (row.kind === 'paper_issued' || row.kind === 'paper_received') {
    const kind = text('kind')
    const kinds = ['intake_receipt', 'acceptance_notice', 'non_acceptance_notice']
    return { key: `timeline.${row.kind}.${kinds.includes(kind ?? '') ? kind : 'other'}`, ...what }
  }
  return { key: `timeline.${row.kind}`, ...what }
}
