import { describe, expect, it } from 'vitest'
import type { CaseBrief } from '@/core/protocol'
import { likelyResult, sameWish } from './result'

describe('what a call came to', () => {
  const brief = (more: Partial<CaseBrief>) => ({ owner: 'me', state: 'intake', ...more }) as CaseBrief
  it.each([
    [undefined, 'advice'],
    [brief({}), 'intake'],
    [brief({ state: 'accepted' }), 'accepted'],
    [brief({ state: 'not_accepted' }), 'not_accepted'],
    [brief({ owner: 'other' }), 'handed_over'],
    [brief({ open_handoff: {} as NonNullable<CaseBrief['open_handoff']> }), 'handed_over'],
  ] as const)('is read from the record %#', (one, result) => expect(likelyResult(one, 'me')).toBe(result))
})

it('tells wishes apart', () => {
  expect(sameWish({ kind: 'ready' }, { kind: 'ready' })).toBe(true)
  expect(sameWish({ kind: 'break', reason: 'meal' }, { kind: 'break', reason: 'short' })).toBe(false)
  expect(sameWish({ kind: 'break', reason: 'meal' }, { kind: 'break', reason: 'meal' })).toBe(true)
  expect(sameWish({ kind: 'ready' }, { kind: 'off_duty' })).toBe(false)
})
