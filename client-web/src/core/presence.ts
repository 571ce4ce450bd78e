import type { Presence } from './protocol'

/**
 * Whole seconds until the grace of a side that is away ends, at `nowMs` of the server's clock. None while it is there or only
 * quiet: nothing runs out then.
 */
export function graceLeft(presence: Presence, nowMs: number): number | undefined {
  return presence.kind === 'away' ? Math.max(0, Math.ceil((presence.until / 1000 - nowMs) / 1000)) : undefined
}
