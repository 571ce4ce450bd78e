import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCharacter, idFault, maskId } from './id-number'

const today = new Date(2026, 2, 11)

describe('identity numbers', () => {
  it('takes a good one', () => expect(idFault('11010519491231002X', today)).toBeUndefined())
  it.each([
    ['1101051949', 'short'],
    ['01010519491231002X', 'form'],
    ['11010519490230002X', 'date'],
    ['110105202603120029', 'date'],
    ['110105194912310021', 'check'],
    ['11010519491231020X', 'check'],
  ])('%s: %s', (text, fault) => expect(idFault(text, today)).toBe(fault))

  it('notices every single wrong digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, more) => {
        const good = '11010519491231002X'
        const wrong = String((Number(good[at]) + more) % 10)
        const text = good.slice(0, at) + wrong + good.slice(at + 1)
        expect(checkCharacter(text)).not.toBe('X')
      }),
    )
  })

  it('hides the middle', () => {
    expect(maskId('440114195301012318')).toBe('4401 **** **** 2318')
    expect(maskId('4401')).toBe('4401')
    expect(maskId('440114')).toBe('4401 **')
    expect(maskId('44011419530101')).toBe('4401 **** ****')
  })
})
