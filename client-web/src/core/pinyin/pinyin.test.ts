import { describe, expect, it } from 'vitest'
import { pinyinTable, PinyinTable } from '.'
import { characters } from './characters'

const READINGS: Record<string, string[]> = {
  张: ['zhang'],
  章: ['zhang'],
  三: ['san'],
  长: ['chang', 'zhang'],
  西: ['xi'],
  安: ['an'],
  先: ['xian'],
  女: ['nü'],
}
const table = (familiar = '') =>
  new PinyinTable((c) => READINGS[c] ?? [], Object.keys(READINGS).join(''), familiar)
const offered = (typed: string, familiar?: string) => table(familiar).candidates(typed)

describe('the characters of pinyin letters', () => {
  it('come with what is left over for the next one', () => {
    expect(offered('zhangsan')[0]).toEqual({ text: '张', letters: 5 })
    expect(offered('san')).toEqual([{ text: '三', letters: 3 }])
  })

  it('put familiar ones first, and rarer readings last', () => {
    expect(offered('zhang').map((c) => c.text)).toEqual(['张', '章', '长'])
    expect(offered('zhang', '章章张').map((c) => c.text)).toEqual(['章', '张', '长'])
    expect(offered('zhang', '长长长').map((c) => c.text)).toEqual(['张', '章', '长'])
  })

  it('read one syllable before two, and offer both', () => {
    expect(offered('xian')).toEqual([
      { text: '先', letters: 4 },
      { text: '西', letters: 2 },
    ])
  })

  it('are offered before a syllable is finished, and take V for Ü', () => {
    expect(offered('zh').map((c) => c.text)).toEqual(['张', '章', '长'])
    expect(offered('nv')).toEqual([{ text: '女', letters: 2 }])
  })

  it('are none for letters that begin no syllable', () => expect(offered('vvv')).toEqual([]))
})

describe('the table of a language', () => {
  it('knows the common characters of either script once, the common ones first', () => {
    const simplified = characters('zh-CN')
    expect(simplified).toHaveLength(3755 + 3008)
    expect(simplified.startsWith('啊')).toBe(true)
    const both = characters('zh-HK')
    expect(new Set(both).size).toBe([...both].length)
    expect(both).toContain('張')
  })

  it.each([
    ['zh-CN', 'wang', '王'],
    ['zh-CN', 'tan', '炭'],
    ['zh-CN', 'tang', '塘'],
    ['zh-CN', 'lv', '吕'],
    ['zh-HK', 'zhang', '張'],
    ['en', 'chen', '陈'],
  ] as const)('%s: %s may be %s', async (locale, typed, character) => {
    const made = await pinyinTable(locale, '')
    expect(made.candidates(typed)).toContainEqual({ text: character, letters: typed.length })
  })

  it('can write every character that it knows', async () => {
    const made = await pinyinTable('zh-CN', '')
    const { pinyin } = await import('pinyin-pro')
    const lost = [...characters('zh-CN')].filter((character) => {
      const typed = pinyin(character, { toneType: 'none' })
      return !made.candidates(typed).some((c) => c.text === character)
    })
    expect(lost).toEqual([])
  })
})
