import { describe, expect, it } from 'vitest'
import { clock, left, maskName } from './time'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

describe('durations', () => {
  it('reads waits as minutes and seconds', () => {
    expect([clock(252 * SECOND), clock(0), clock(-5), clock(HOUR + 5 * SECOND)]).toEqual([
      '04:12',
      '00:00',
      '00:00',
      '1:00:05',
    ])
  })

  it.each([
    [3 * 24 * HOUR + 5, { unit: 'days', n: 3 }],
    [23 * HOUR + 59 * MINUTE, { unit: 'hours', h: 23, m: 59 }],
    [18 * MINUTE + 1, { unit: 'minutes', n: 18 }],
    [120 * SECOND, { unit: 'minutes', n: 2 }],
    [119 * SECOND, { unit: 'seconds', n: 119 }],
    [1, { unit: 'seconds', n: 1 }],
    [0, { unit: 'over' }],
  ])('says how much of %i ms is left', (duration, told) => expect(left(duration)).toEqual(told))
})

it('masks names', () =>
  expect(['王大力', ' 欧阳小小 ', '<王大力>', '123', ''].map(maskName)).toEqual([
    '王**',
    '欧**',
    '王**',
    '**',
    '',
  ]))
