import type { Mark, Spot, Surface } from '../protocol'

/** A pointing hand fades after this long. */
const POINTER_MS = 4000

export interface Frame {
  from: Spot
  to: Spot
}

export interface MarksOn {
  pointer: { at: Spot; seenAt: number } | undefined
  frames: readonly Frame[]
}

export type Marks = Readonly<Partial<Record<Surface, MarksOn>>>

const NONE: MarksOn = { pointer: undefined, frames: [] }

/** What is to be seen after one more mark. */
export function withMark(marks: Marks, surface: Surface, mark: Mark, now: number): Marks {
  if (mark.kind === 'clear') {
    return Object.fromEntries(Object.entries(marks).map(([name, on]) => [name, { ...on, frames: [] }]))
  }
  const on = marks[surface] ?? NONE
  if (mark.kind === 'pointer') {
    // One hand: it leaves every other surface.
    const others = Object.entries(marks).map(([name, o]) => [name, { ...o, pointer: undefined }])
    return { ...Object.fromEntries(others), [surface]: { ...on, pointer: { at: mark.at, seenAt: now } } }
  }
  return {
    ...marks,
    [surface]: { ...on, frames: [...on.frames, { from: mark.from, to: mark.to }].slice(-20) },
  }
}

/** The marks without hands that have faded. */
export function faded(marks: Marks, now: number): Marks {
  const gone = (on: MarksOn) => on.pointer !== undefined && now - on.pointer.seenAt >= POINTER_MS
  if (!Object.values(marks).some(gone)) return marks
  return Object.fromEntries(
    Object.entries(marks).map(([name, on]) => [name, gone(on) ? { ...on, pointer: undefined } : on]),
  )
}
