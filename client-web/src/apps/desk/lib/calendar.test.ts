import { expect, it } from 'vitest'
import { weeksOf } from './calendar'

const kinds = (weeks: ReturnType<typeof weeksOf>) =>
  weeks.map((week) => week.map((one) => one.kind[0]).join(''))

it('shows how twenty working days were counted over a holiday', () => {
  const weeks = weeksOf({
    from: '2026-03-11',
    working_days: 20,
    due: '2026-04-09',
    provisional: false,
    holidays: ['2026-04-04/2026-04-06'],
    made_up: [],
  })
  expect(weeks[0]?.[0]?.day).toBe('2026-03-09')
  // f from, c counted, o off or outside, d due. April 6th is a Monday off.
  expect(kinds(weeks)).toEqual(['oofccoo', 'cccccoo', 'cccccoo', 'cccccoo', 'occdooo'])
  const counted = weeks.flat().filter((one) => one.kind === 'counted' || one.kind === 'due')
  expect(counted).toHaveLength(20)
  expect(
    weeks
      .flat()
      .filter((one) => one.holiday)
      .map((one) => one.day),
  ).toEqual(['2026-04-04', '2026-04-05', '2026-04-06'])
})

it('counts weekend days that were made up', () => {
  const weeks = weeksOf({
    from: '2026-02-12',
    working_days: 2,
    due: '2026-02-14',
    provisional: false,
    holidays: [],
    made_up: ['2026-02-14'],
  })
  expect(kinds(weeks)).toEqual(['ooofcdo'])
  expect(weeks[0]?.[5]).toMatchObject({ kind: 'due', madeUp: true })
})

it('is one day for what is done at once', () => {
  const same = {
    from: '2026-03-11',
    working_days: 0,
    due: '2026-03-11',
    provisional: false,
    holidays: [],
    made_up: [],
  }
  expect(kinds(weeksOf(same))).toEqual(['oodoooo'])
})
