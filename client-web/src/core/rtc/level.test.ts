import { describe, expect, it } from 'vitest'
import { VoiceDetector, levelOf, litBars } from './level'

const tone = (loud: number) => Float32Array.from({ length: 480 }, (_, n) => loud * Math.sin(n / 7))

describe('how loud it is', () => {
  it('goes from silence to full', () => {
    expect(levelOf(new Float32Array(480))).toBe(0)
    expect(levelOf([])).toBe(0)
    expect(levelOf(tone(0.0005))).toBe(0)
    expect(levelOf(tone(1))).toBe(1)
    expect(levelOf(tone(0.05))).toBeGreaterThan(levelOf(tone(0.01)))
  })

  it('lights none to all bars', () => {
    expect([litBars(0, 18), litBars(0.5, 18), litBars(1, 18), litBars(7, 18)]).toEqual([0, 9, 18, 18])
  })
})

describe('the voice detector', () => {
  const hear = (levels: number[]) => {
    const detector = new VoiceDetector()
    return levels.map((level, n) => detector.hear(level, n * 100)).some(Boolean)
  }

  it('hears somebody who speaks', () => expect(hear([0.1, 0.7, 0.8, 0.6, 0.3, 0.7, 0.7])).toBe(true))
  it('does not take a knock for a voice', () => expect(hear([0, 0, 1, 0, 0, 0, 0, 0])).toBe(false))
  it('does not speak up after the first sound', () => expect(hear([1, 1, 1])).toBe(false))
})
