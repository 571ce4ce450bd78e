import type { PageConfig } from '@/core/api'

type Hours = PageConfig['hours'] | undefined

/** Today's hours as the configuration tells them, if it does. */
export function todayOf(hours: Hours): { from: string; to: string } | undefined {
  const { from, to } = (hours ?? {}) as { from?: unknown; to?: unknown }
  return typeof from === 'string' && typeof to === 'string' ? { from, to } : undefined
}

/** When the window opens again, in milliseconds since 1970. */
export function nextOpening(hours: Hours): number | undefined {
  const next = (hours as { next_open?: unknown } | undefined)?.next_open
  return typeof next === 'number' ? next / 1000 : undefined
}
