import type { Reckoning } from '@/core/api'
import { isoDay, noonOf } from '@/core/wall-clock'

export type DayKind = 'from' | 'due' | 'counted' | 'off' | 'outside'

export interface CalendarDay {
  /** `2026-04-09`. */
  day: string
  kind: DayKind
  /** A weekend day on which people work. */
  madeUp: boolean
  /** A weekday on which nobody works. */
  holiday: boolean
}

const DAY_MS = 86_400_000
/** A year's worth of weeks: longer deadlines are told in words only. */
const MOST_WEEKS = 54

/** Weeks from Monday to Sunday that hold a deadline, each day as it was counted. */
export function weeksOf(reckoning: Reckoning): CalendarDay[][] {
  const spans = reckoning.holidays.map((span) => {
    const [first = '', last = first] = span.split('/')
    return { first, last }
  })
  const holidayOn = (day: string) => spans.some(({ first, last }) => day >= first && day <= last)
  const start = noonOf(reckoning.from)
  let noon = new Date(start.getTime() - ((start.getUTCDay() + 6) % 7) * DAY_MS)
  const weeks: CalendarDay[][] = []
  while (isoDay(noon) <= reckoning.due && weeks.length < MOST_WEEKS) {
    const week: CalendarDay[] = []
    for (let i = 0; i < 7; i++) {
      week.push(kindOf(isoDay(noon), noon.getUTCDay(), reckoning, holidayOn))
      noon = new Date(noon.getTime() + DAY_MS)
    }
    weeks.push(week)
  }
  return weeks
}

function kindOf(
  day: string,
  weekday: number,
  reckoning: Reckoning,
  holidayOn: (day: string) => boolean,
): CalendarDay {
  const weekend = weekday === 0 || weekday === 6
  const madeUp = reckoning.made_up.includes(day)
  const holiday = holidayOn(day)
  const off = !madeUp && (weekend || holiday)
  const outside = day < reckoning.from || day > reckoning.due
  const kind: DayKind =
    day === reckoning.due
      ? 'due'
      : day === reckoning.from
        ? 'from'
        : outside
          ? 'outside'
          : off
            ? 'off'
            : 'counted'
  return { day, kind, madeUp: madeUp && !outside, holiday: holiday && !outside }
}
