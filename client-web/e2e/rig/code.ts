/** The picture code: where its cells lie and what they mean. Shared by the maker and the reader of pictures. */

/** Who is in the picture. */
export type Person = 1 | 2 | 3 | 4

/** How large and how often a camera takes pictures. */
export type Size = 'full' | 'lively' | 'small'

/**
 * Full: 960 wide, so that Chromium sends all three simulcast layers. Lively: at the rate of a real camera, for measurements.
 * Small: for stories about something else.
 */
export const PICTURES: Record<Size, { width: number; height: number; rate: number }> = {
  full: { width: 960, height: 540, rate: 20 },
  lively: { width: 960, height: 540, rate: 30 },
  small: { width: 320, height: 180, rate: 10 },
}
/** Then the file begins again. */
export const FRAMES = 400
export const FRAME_BITS = 10
export const PERSON_BITS = 3

/** One cell of the code: the left upper corner as a part of width and height, the size as a part of the height. */
export interface Cell {
  x: number
  y: number
  size: number
}

/** Sixteen cells in four rows, in the middle of the picture; the last bits are a count of ones as checksum. */
export const CELLS: Cell[] = Array.from({ length: 16 }, (_, n) => ({
  x: 0.5 + (((n % 4) - 2) * 0.13 * 9) / 16,
  y: 0.5 + (Math.floor(n / 4) - 2) * 0.13,
  size: 0.11,
}))
