import { expect, it } from 'vitest'
import type { IntakeClock } from '@/core/api'
import { standOf } from './intake-clock'

const clock: IntakeClock = {
  warn_on: '2026-03-16',
  notice_due: {
    from: '2026-03-11',
    working_days: 5,
    due: '2026-03-18',
    provisional: false,
    holidays: [],
    made_up: [],
  },
  deemed_accepted_from: '2026-03-11',
}

it.each([
  ['2026-03-15', 'calm'],
  ['2026-03-16', 'warned'],
  ['2026-03-18', 'warned'],
  ['2026-03-19', 'overrun'],
])('on %s the clock of intake is %s', (today, stand) => {
  expect(standOf(clock, today)).toBe(stand)
})
