import { describe, expect, it } from 'vitest'
import { search } from '.'
import type { Entry } from '.'

const entry = (code: string, name: string, initials: string, words: [string, string][] = []): Entry => ({
  code,
  kind: 'item',
  name,
  initials,
  words: words.map(([text, i]) => ({ text, initials: i })),
})

const entries = [
  entry('disab-living', '困难残疾人生活补贴', 'KNCJRSHBT', [['残疾补贴', 'CJBT']]),
  entry('disab-cert', '残疾人证新办/换领', 'CJRZXBHL'),
  entry('senior-card', '老年人优待卡', 'LNRYDK', [['老人卡', 'LRK']]),
  entry('food-biz', '食品经营许可(小餐饮)', 'SPJYXKXCY', [['开饭店', 'KFD']]),
]

const codes = (typed: string) => search(entries, typed).map((hit) => hit.entry.code)
const lit = (typed: string) => {
  const [hit] = search(entries, typed)
  return hit?.part && [...hit.entry.name].slice(...hit.part).join('')
}

describe('search', () => {
  it('finds initials anywhere, those at the beginning first', () =>
    expect(codes('cjr')).toEqual(['disab-cert', 'disab-living']))
  it('lights the matched part, past marks that have no initial', () => {
    expect(lit('CJRS')).toBe('残疾人生')
    expect(lit('KXCY')).toBe('可(小餐饮')
  })
  it('knows everyday words by their initials and by themselves', () => {
    expect(codes('LRK')).toEqual(['senior-card'])
    expect(codes('老人卡')).toEqual(['senior-card'])
    expect(search(entries, 'LRK')[0]?.word).toBe('老人卡')
  })
  it.each([
    ['a wrong letter', 'CJSZX'],
    ['a missing letter', 'CJZXB'],
    ['a letter too many', 'CJRRZX'],
  ])('forgives %s', (_what, typed) => expect(codes(typed)).toEqual(['disab-cert']))
  it('does not guess from two letters', () => expect(codes('QQ')).toEqual([]))
  it('is not fuzzy when something fits', () => expect(codes('SHBT')).toEqual(['disab-living']))
  it('finds nothing for nothing', () => expect(codes('  ')).toEqual([]))
})
