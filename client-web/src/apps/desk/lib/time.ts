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

/** `王**`, as everywhere in lists: the first letter, whatever signs stand before it. */
export function maskName(name: string): string {
  if (name.trim() === '') return ''
  return `${/\p{L}/u.exec(name)?.[0] ?? ''}**`
}
