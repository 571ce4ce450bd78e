/**
 * The window's own clock. Papers, deadlines and opening hours are told by the district's time, whatever zone a computer
 * is set to; so are the pages.
 */

/**
 * A moment as the window's clock shows it, `offsetMinutes` east of UTC: read the UTC fields of the answer, and format it
 * with `timeZone: 'UTC'`. (Old browsers of terminals know no zones such as `+08:00`.)
 */
export function wallClock(atMs: number, offsetMinutes: number): Date {
  return new Date(atMs + offsetMinutes * 60_000)
}

/** The offset of this computer, for as long as the window's is not known. */
export function ownOffsetMinutes(): number {
  return -new Date().getTimezoneOffset()
}

const two = (n: number) => String(n).padStart(2, '0')

/** `9:05`, of a date made by {@link wallClock}. */
export function hourMinute(wall: Date): string {
  return `${wall.getUTCHours()}:${two(wall.getUTCMinutes())}`
}

/** `2026-04-09`, of a date made by {@link wallClock} or {@link noonOf}. */
export function isoDay(wall: Date): string {
  return `${wall.getUTCFullYear()}-${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())}`
}

/** The noon of `2026-04-09`, like the dates of {@link wallClock}. */
export function noonOf(day: string): Date {
  const [y, m, d] = day.split('-').map(Number)
  return new Date(Date.UTC(y ?? 1970, (m ?? 1) - 1, d ?? 1, 12))
}

/** Whole days from the day of `wall` to another: 0 is the same day, negative is past. */
export function daysUntil(day: string, wall: Date): number {
  return Math.round((noonOf(day).getTime() - noonOf(isoDay(wall)).getTime()) / 86_400_000)
}
