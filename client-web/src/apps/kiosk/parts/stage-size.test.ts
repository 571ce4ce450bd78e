import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEIGHT, WIDTH, fit } from './stage-size'

describe('the stage', () => {
  it('is as designed on the screen it is designed for', () =>
    expect(fit(1080, 1920)).toEqual({ scale: 1, height: 1920 }))
  it('grows taller on a taller screen', () => expect(fit(1080, 2160).height).toBe(2160))
  it('is small but whole on a laptop', () =>
    expect(fit(1440, 900)).toEqual({ scale: 900 / 1920, height: 1920 }))
  it('always fits', () => {
    const side = fc.integer({ min: 320, max: 8000 })
    fc.assert(
      fc.property(side, side, (width, height) => {
        const { scale, height: tall } = fit(width, height)
        expect(scale * WIDTH).toBeLessThanOrEqual(width + 1e-6)
        expect(scale * tall).toBeLessThanOrEqual(height + 1e-6)
        expect(tall).toBeGreaterThanOrEqual(HEIGHT)
      }),
    )
  })
})
