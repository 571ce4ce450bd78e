import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Item } from '@/core/api'
import { agesOf, scenarioByAge } from './age'

const { items } = JSON.parse(readFileSync('../server/sample/catalogue.json', 'utf8')) as { items: Item[] }
const item = (code: string) => items.find((one) => one.code === code) as Item
const born = (date: string) => `440114${date}231X`
const today = new Date(2026, 2, 12)
const of = (code: string, date: string | undefined, proxy = false) =>
  scenarioByAge(item(code), { idNumber: date === undefined ? undefined : born(date), proxy }, today)

describe('the age that an ID number tells', () => {
  it('reads ages out of names, and nothing else', () => {
    expect(agesOf('60–64')).toEqual({ from: 60, to: 64 })
    expect(agesOf('65+')).toEqual({ from: 65, to: Infinity })
    for (const name of ['代办', '男满60', '一二级', '2026']) expect(agesOf(name)).toBeUndefined()
  })

  it('answers the question on the very birthday', () => {
    expect(of('senior-card', '19660313')).toBeUndefined()
    expect(of('senior-card', '19660312')).toBe('senior-card/1')
    expect(of('senior-card', '19610313')).toBe('senior-card/1')
    expect(of('senior-card', '19610312')).toBe('senior-card/2')
    expect(of('senior-card', '19200101')).toBe('senior-card/2')
  })

  it('is asked where no number, or only somebody else’s, is known', () => {
    expect(of('senior-card', undefined)).toBeUndefined()
    expect(of('senior-card', '19500101', true)).toBeUndefined()
  })

  it('answers no question about anything else', () => {
    for (const { code } of items) if (code !== 'senior-card') expect(of(code, '19500101')).toBeUndefined()
  })
})
