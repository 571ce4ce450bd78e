import { describe, expect, it } from 'vitest'
import type { CaseBrief, MaterialState, MaterialView } from '@/core/protocol'
import { blockedBy, tally, verdicts } from './verdict'

const material = (code: string, state: MaterialState, primary = false, deferrable = false): MaterialView => ({
  code,
  state,
  primary,
  deferrable,
  stills: [],
})
const complete = [material('ID', 'accepted', true), material('HK', 'accepted')]
const brief = (change: Partial<CaseBrief> = {}): CaseBrief => ({
  id: 'c',
  number: '2026-000127',
  state: 'intake',
  version: 3,
  item: 'disab-living',
  scenario: 'disab-living/1',
  owner: 'me',
  owner_name: '陈敏',
  materials: complete,
  papers: [],
  ...change,
})
const offer = { state: 'offered' } as NonNullable<CaseBrief['open_handoff']>

describe('what stands in the way', () => {
  it('names each material with its reason, primary ones first', () => {
    const list = [
      material('AC', 'missing', false, true),
      material('HK', 'missing'),
      material('LB', 'captured', true),
      material('PH', 'rejected'),
      material('DC', 'missing', true),
      material('ID', 'accepted', true),
    ]
    expect(blockedBy(list)).toEqual([
      { material: 'DC', why: 'primary_missing' },
      { material: 'AC', why: 'missing_deferrable' },
      { material: 'HK', why: 'missing' },
      { material: 'LB', why: 'not_judged' },
      { material: 'PH', why: 'rejected' },
    ])
    expect(tally(list)).toEqual({ accepted: 1, captured: 1, rejected: 1, missing: 3 })
  })
})

describe('verdicts', () => {
  const why = (one: ReturnType<typeof verdicts>) => [one.accept?.kind, one.notAccept?.kind, one.handoff?.kind]

  it('are all open for the owner of a complete case', () =>
    expect(verdicts(brief(), 'me', undefined)).toEqual({
      accept: undefined,
      notAccept: undefined,
      handoff: undefined,
      judge: undefined,
    }))

  it.each([
    ['no case yet', undefined, ['no_case', 'no_case', 'no_case']],
    ['somebody else owns it', brief({ owner: 'other' }), ['not_owner', 'not_owner', 'not_owner']],
    ['a gap', brief({ materials: [material('ID', 'missing', true)] }), ['materials', undefined, undefined]],
    ['on offer', brief({ open_handoff: offer }), ['handoff_open', 'handoff_open', 'handoff_open']],
    ['accepted', brief({ state: 'accepted' }), ['decided', 'decided', undefined]],
    [
      'accepted and on offer',
      brief({ state: 'accepted', open_handoff: offer }),
      ['decided', 'decided', 'handoff_open'],
    ],
    ['not accepted', brief({ state: 'not_accepted' }), ['decided', 'decided', 'decided']],
  ])('when there is %s', (_name, one, expected) =>
    expect(why(verdicts(one, 'me', undefined))).toEqual(expected),
  )

  it('send away what another authority decides, and may refuse it', () => {
    const told = verdicts(brief(), 'me', '退役军人事务局')
    expect(told.accept).toEqual({ kind: 'other_authority', authority: '退役军人事务局' })
    expect(told.notAccept).toBeUndefined()
  })
})
