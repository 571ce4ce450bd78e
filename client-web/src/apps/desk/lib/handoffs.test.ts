import { describe, expect, it } from 'vitest'
import { endingOf, timeShare } from './handoffs'

describe('the time to answer', () => {
  const offer = { offered_at: 0, expires_at: 60_000_000 }
  it.each([
    [0, 1],
    [15_000, 0.75],
    [60_000, 0],
    [90_000, 0],
  ])('after %i ms leaves %f', (now, share) => expect(timeShare(offer, now)).toBe(share))
})

describe('an offer that somebody looks at', () => {
  it.each([
    ['offered', 1000, undefined],
    ['offered', 60_000, 'expired'],
    ['accepted', 1000, 'taken'],
    ['refused', 1000, 'refused'],
    ['withdrawn', 1000, 'withdrawn'],
    ['expired', 90_000, 'expired'],
  ] as const)('%s at %i ms has ended as %s', (state, now, ending) =>
    expect(endingOf({ state, expires_at: 60_000_000 }, now)).toBe(ending),
  )
})
