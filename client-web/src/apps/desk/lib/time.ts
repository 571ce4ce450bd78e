/** Moments come as microseconds, pages count in milliseconds. */
export function ms(timestamp: number): number {
  return timestamp / 1000
}

/** `04:12`, from an hour on `1:04:12`. */
export function clock(durationMs: number): string {
  const all = Math.max(0, Math.floor(durationMs / 1000))
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`
}

export type Left =
  | { unit: 'days'; n: number }
  | { unit: 'hours'; h: number; m: number }
  | { unit: 'minutes'; n: number }
  | { unit: 'seconds'; n: number }
  | { unit: 'over' }

/** Over a day in days, under a day in hours and minutes, under two minutes in seconds. */
export function left(durationMs: number): Left {
  if (durationMs <= 0) return { unit: 'over' }
  const seconds = Math.ceil(durationMs / 1000)
  if (seconds < 120) return { unit: 'seconds', n: seconds }
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return { unit: 'minutes', n: minutes }
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return { unit: 'hours', h: hours, m: minutes % 60 }
  return { unit: 'days', n: Math.floor(hours / 24) }
}

/** `2026-04-09` as the noon of that day here, so that no zone moves it to another. */
export function noonOf(day: string): Date {
  const [y, m, d] = day.split('-').map(Number)
  return new Date(y ?? 1970, (m ?? 1) - 1, d ?? 1, 12)
}

/** Whole days from one day to another: 0 is the same day, negative is past. */
export function daysUntil(day: string, now: Date): number {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12)
  return Math.round((noonOf(day).getTime() - today.getTime()) / 86_400_000)
}

/** `王**`, as everywhere in lists. */
export function maskName(name: string): string {
  const [first] = [...name.trim()]
  return first ? `${first}**` : ''
}
