import { describe, expect, it } from 'vitest'
import type { Colleague } from '@/core/api'
import { departmentsOf, peopleOf } from './targets'

const colleague = (
  name: string,
  department: string,
  present: boolean,
  why?: 'lacks_skill' | 'owner',
): Colleague => ({
  id: name,
  name,
  number: name,
  department,
  skill_groups: [],
  present,
  may_take: why ? { ok: false, why } : { ok: true },
})
const all = [
  colleague('lacks', 'land', true, 'lacks_skill'),
  colleague('away', 'civil', false),
  colleague('here', 'civil', true),
  colleague('alone', 'dpf', false),
]

describe('whom a case may be handed to', () => {
  it('lists those who can be chosen first, and why the others cannot', () =>
    expect(peopleOf(all).map((one) => [one.name, one.why])).toEqual([
      ['here', undefined],
      ['away', 'absent'],
      ['alone', 'absent'],
      ['lacks', 'lacks_skill'],
    ]))

  it('offers departments that have somebody entitled, also when nobody of them is here', () =>
    expect(departmentsOf(all)).toEqual([
      { code: 'civil', present: 1, why: undefined },
      { code: 'dpf', present: 0, why: undefined },
      { code: 'land', present: 0, why: 'nobody_entitled' },
    ]))
})
