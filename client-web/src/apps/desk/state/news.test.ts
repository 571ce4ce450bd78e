import { expect, it } from 'vitest'
import type { HandoffBrief } from '@/core/protocol'
import { handoffNews } from './news'
import { touchedBy } from './queries'

const me = { id: 'me', department: 'civil' }
const handoff = (from: string, to: HandoffBrief['to'], state: HandoffBrief['state']) =>
  ({ case: 'c', from, to, state }) as HandoffBrief
const toMe = { kind: 'clerk', staff: 'me' } as const
const toUs = { kind: 'department', department: 'civil' } as const
const toOthers = { kind: 'department', department: 'land' } as const

it.each([
  ['offered to me', handoff('other', toMe, 'offered'), 'offered'],
  ['offered to my department', handoff('other', toUs, 'offered'), 'offered'],
  ['offered to others', handoff('other', toOthers, 'offered'), undefined],
  ['what I offered', handoff('me', toOthers, 'offered'), undefined],
  ['what I withdrew', handoff('me', toOthers, 'withdrawn'), undefined],
  ['mine was taken', handoff('me', toOthers, 'accepted'), 'accepted'],
  ['mine was refused', handoff('me', toOthers, 'refused'), 'refused'],
  ['mine expired', handoff('me', toOthers, 'expired'), 'expired'],
  ['taken by a colleague', handoff('other', toUs, 'accepted'), undefined],
] as const)('news of %s', (_name, one, news) => expect(handoffNews(one, me)).toBe(news))

it('reads again what a handoff changes', () => {
  expect(touchedBy({ handoff: handoff('me', toMe, 'accepted') }).map((key) => key[0])).toEqual([
    'handoffs',
    'case',
    'cases',
    'colleagues',
  ])
})
