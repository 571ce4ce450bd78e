import { expect, it } from 'vitest'
import { timelineText } from './timeline'

it.each([
  ['case_opened', { number: '2026-000127' }, 'timeline.case_opened'],
  ['material_judged', { material: 'ID', judged: 'rejected' }, 'timeline.material_judged.rejected'],
  ['paper_issued', { kind: 'acceptance_notice', number: 'n' }, 'timeline.paper_issued.acceptance_notice'],
  ['paper_received', { kind: 'newer' }, 'timeline.paper_received.other'],
  ['something_new', {}, 'timeline.other'],
])('%s has a text', (kind, facts, key) => {
  const told = timelineText({ kind: kind as 'case_opened', facts })
  expect(told.key).toBe(key)
  expect(told.material).toBe((facts as { material?: string }).material)
})
