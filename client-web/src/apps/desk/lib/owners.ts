import type { Case } from '@/core/api'

export interface Ownership {
  name: string
  from: number
  until: number | undefined
  /** Why it came to them, in the sender's words; none for who opened the case. */
  reason: string | undefined
}

/** Who was responsible from when to when, oldest first: exactly one at every instant. */
export function ownersOf(
  one: Pick<Case, 'handoffs' | 'opened_by_name' | 'owner_name' | 'received_at'>,
): Ownership[] {
  const taken = one.handoffs.filter(
    (handoff) => handoff.state === 'accepted' && handoff.ended_at !== undefined,
  )
  const names = [...taken.map((handoff) => handoff.from_name), one.owner_name]
  const starts = [one.received_at, ...taken.map((handoff) => handoff.ended_at ?? 0)]
  return names.map((name, n) => ({
    name,
    from: starts[n] ?? one.received_at,
    until: starts[n + 1],
    reason: taken[n - 1]?.reason,
  }))
}
