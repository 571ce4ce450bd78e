/** The picture code: where its cells lie and what they mean. Shared by the maker and the reader of pictures. */

/** Who is in the picture. */
export type Person = 1 | 2 | 3 | 4

/** 960 wide, so that Chromium sends all three simulcast layers. */
export const WIDTH = 960
export const HEIGHT = 540
export const RATE = 20
/** Twenty seconds; then the file begins again. */
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
  x: 0.5 + (((n % 4) - 2) * 0.13 * HEIGHT) / WIDTH,
  y: 0.5 + (Math.floor(n / 4) - 2) * 0.13,
  size: 0.11,
}))
