import { expect, it } from 'vitest'
import type { HandoffStory } from '@/core/api'
import { ownersOf } from './owners'

const handoff = (from: string, state: HandoffStory['state'], at: number) =>
  ({ from_name: from, state, ended_at: at, reason: `because ${at}` }) as HandoffStory

it('has one owner at every instant', () => {
  const owners = ownersOf({
    opened_by_name: 'A',
    owner_name: 'C',
    received_at: 1,
    handoffs: [handoff('A', 'refused', 2), handoff('A', 'accepted', 3), handoff('B', 'accepted', 5)],
  })
  expect(owners).toEqual([
    { name: 'A', from: 1, until: 3, reason: undefined },
    { name: 'B', from: 3, until: 5, reason: 'because 3' },
    { name: 'C', from: 5, until: undefined, reason: 'because 5' },
  ])
})

it('is who opened it while nobody took it over', () =>
  expect(ownersOf({ opened_by_name: 'A', owner_name: 'A', received_at: 1, handoffs: [] })).toEqual([
    { name: 'A', from: 1, until: undefined, reason: undefined },
  ]))
