import type { Blocking } from '@/core/api'
import type { CaseBrief, MaterialCode, MaterialView, StaffId } from '@/core/protocol'

export interface Blocked {
  material: MaterialCode
  why: Blocking
}

/** Why something may not be done now. */
export type Why =
  | { kind: 'no_case' }
  | { kind: 'not_owner'; owner: string }
  | { kind: 'decided' }
  | { kind: 'handoff_open' }
  | { kind: 'other_authority'; authority: string }
  | { kind: 'materials'; blocked: Blocked[] }

/** Open when there is no reason against it. */
export interface Verdicts {
  accept: Why | undefined
  notAccept: Why | undefined
  handoff: Why | undefined
  judge: Why | undefined
}

/** What stands in the way of acceptance, as the server counts it too; primary materials first. */
export function blockedBy(materials: readonly MaterialView[]): Blocked[] {
  const found = materials.flatMap((one): Blocked[] => {
    const why = blocking(one)
    return why ? [{ material: one.code, why }] : []
  })
  const weight = (one: Blocked) => (one.why === 'primary_missing' ? 0 : 1)
  return found.sort((a, b) => weight(a) - weight(b))
}

function blocking(one: MaterialView): Blocking | undefined {
  if (one.state === 'accepted') return undefined
  if (one.state === 'rejected') return 'rejected'
  if (one.state === 'captured') return 'not_judged'
  if (one.primary) return 'primary_missing'
  return one.deferrable ? 'missing_deferrable' : 'missing'
}

/**
 * Says before pressing what the server would answer, so that every closed verdict names its reason. The server decides
 * all the same.
 */
export function verdicts(brief: CaseBrief | undefined, me: StaffId, elsewhere: string | undefined): Verdicts {
  if (!brief) return all({ kind: 'no_case' })
  if (brief.owner !== me) return all({ kind: 'not_owner', owner: brief.owner_name })
  if (brief.state !== 'intake') {
    const decided: Why = { kind: 'decided' }
    const handoff: Why | undefined =
      brief.state === 'not_accepted' ? decided : brief.open_handoff ? { kind: 'handoff_open' } : undefined
    return { accept: decided, notAccept: decided, judge: decided, handoff }
  }
  if (brief.open_handoff) {
    const open: Why = { kind: 'handoff_open' }
    return { accept: open, notAccept: open, handoff: open, judge: undefined }
  }
  return { accept: acceptance(brief, elsewhere), notAccept: undefined, handoff: undefined, judge: undefined }
}

function acceptance(brief: CaseBrief, elsewhere: string | undefined): Why | undefined {
  if (elsewhere !== undefined) return { kind: 'other_authority', authority: elsewhere }
  const blocked = blockedBy(brief.materials)
  return blocked.length > 0 ? { kind: 'materials', blocked } : undefined
}

function all(why: Why): Verdicts {
  return { accept: why, notAccept: why, handoff: why, judge: why }
}

/** How many materials are in each state, for the line above a checklist. */
export function tally(materials: readonly MaterialView[]): Record<MaterialView['state'], number> {
  const counts = { accepted: 0, captured: 0, rejected: 0, missing: 0 }
  for (const one of materials) counts[one.state] += 1
  return counts
}
