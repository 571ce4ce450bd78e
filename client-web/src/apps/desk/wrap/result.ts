import type { CallResult, CaseBrief, StaffId, WishedStatus } from '@/core/protocol'

/** What the call most likely came to, by what is on record; the clerk may choose otherwise. */
export function likelyResult(brief: CaseBrief | undefined, me: StaffId | undefined): CallResult {
  if (!brief) return 'advice'
  if (brief.owner !== me || brief.open_handoff) return 'handed_over'
  return brief.state
}

export function sameWish(a: WishedStatus, b: WishedStatus): boolean {
  return a.kind === b.kind && (a.kind !== 'break' || b.kind !== 'break' || a.reason === b.reason)
}
