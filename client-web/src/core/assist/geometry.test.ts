import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { letterbox, percent, spotAt, spotInPicture, spotNear } from '.'

const box = { left: 100, top: 50, width: 400, height: 300 }

describe('letterbox', () => {
  it('leaves bars above and below a wide picture', () =>
    expect(letterbox(box, 1600, 900)).toEqual({ left: 100, top: 87.5, width: 400, height: 225 }))
  it('leaves bars beside a tall one', () =>
    expect(letterbox(box, 300, 600)).toEqual({ left: 225, top: 50, width: 150, height: 300 }))
  it('is the box itself while there is no picture', () => expect(letterbox(box, 0, 0)).toEqual(box))
})

describe('spots', () => {
  it('means the same place at any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }), (x, y) => {
        const at = spotAt(box, box.left + (x / 10_000) * box.width, box.top + (y / 10_000) * box.height)
        expect(at).toEqual({ x, y })
      }),
    )
  })
  it('is nothing outside', () => expect(spotAt(box, 99, 60)).toBeUndefined())
  it('is the nearest corner for a frame', () => expect(spotNear(box, 0, 9999)).toEqual({ x: 0, y: 10_000 }))
  it('reads as CSS', () => expect(percent(2500)).toBe('25%'))
})

describe('a picture that is shown turned', () => {
  // The upper left corner of the picture is seen at the upper right after a quarter clockwise.
  it.each([
    [0, { x: 0, y: 0 }],
    [90, { x: 10_000, y: 0 }],
    [180, { x: 10_000, y: 10_000 }],
    [270, { x: 0, y: 10_000 }],
  ] as const)('finds its upper left corner at %i degrees', (turn, seen) =>
    expect(spotInPicture(seen, turn)).toEqual({ x: 0, y: 0 }),
  )
})
