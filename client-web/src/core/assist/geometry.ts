import type { Spot } from '../protocol'

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Full scale of a normalised coordinate. */
export const FULL = 10_000

/** Where a picture of `width` × `height` lies inside `box` when it is shown whole (object-fit: contain). */
export function letterbox(box: Box, width: number, height: number): Box {
  if (width <= 0 || height <= 0 || box.width <= 0 || box.height <= 0) return box
  const scale = Math.min(box.width / width, box.height / height)
  const [w, h] = [width * scale, height * scale]
  return { left: box.left + (box.width - w) / 2, top: box.top + (box.height - h) / 2, width: w, height: h }
}

/** The spot under a pointer, or nothing when it is outside. */
export function spotAt(box: Box, x: number, y: number): Spot | undefined {
  if (box.width <= 0 || box.height <= 0) return undefined
  const spot = {
    x: Math.round(((x - box.left) / box.width) * FULL),
    y: Math.round(((y - box.top) / box.height) * FULL),
  }
  return spot.x < 0 || spot.y < 0 || spot.x > FULL || spot.y > FULL ? undefined : spot
}

/** The corner nearest to a pointer that may be outside: for the end of a dragged frame. */
export function spotNear(box: Box, x: number, y: number): Spot {
  const clamp = (value: number) => Math.min(FULL, Math.max(0, Math.round(value * FULL)))
  return { x: clamp((x - box.left) / (box.width || 1)), y: clamp((y - box.top) / (box.height || 1)) }
}

/** Percentages for CSS. */
export function percent(value: number): string {
  return `${(value / FULL) * 100}%`
}

/** Degrees clockwise by which a picture is shown turned. */
export type Turn = 0 | 90 | 180 | 270

/** The spot in the picture itself under a spot in what is shown of it. */
export function spotInPicture(shown: Spot, turn: Turn): Spot {
  if (turn === 90) return { x: shown.y, y: FULL - shown.x }
  if (turn === 180) return { x: FULL - shown.x, y: FULL - shown.y }
  if (turn === 270) return { x: FULL - shown.y, y: shown.x }
  return shown
}
