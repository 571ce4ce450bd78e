import { expect, it } from 'vitest'
import { daysUntil, hourMinute, isoDay, noonOf, wallClock } from './wall-clock'

/** 18:30 on 10 March 2026 in Greenwich. */
const EVENING = Date.UTC(2026, 2, 10, 18, 30)

it.each([
  ['China, where it is tomorrow', 480, '2026-03-11', '2:30'],
  ['Greenwich', 0, '2026-03-10', '18:30'],
  ['Newfoundland, half an hour beside the hour', -210, '2026-03-10', '15:00'],
])('tells the day and the time in %s', (_, offset, day, time) => {
  const wall = wallClock(EVENING, offset)
  expect([isoDay(wall), hourMinute(wall)]).toEqual([day, time])
})

it('counts days by the calendar, not by hours', () => {
  const late = wallClock(Date.UTC(2026, 2, 11, 15, 59), 480)
  expect(['2026-03-11', '2026-03-12', '2026-03-10', '2027-03-11'].map((day) => daysUntil(day, late))).toEqual(
    [0, 1, -1, 365],
  )
})

it('keeps a day the same day there and back', () => expect(isoDay(noonOf('2026-12-31'))).toBe('2026-12-31'))
