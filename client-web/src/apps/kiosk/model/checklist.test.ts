import { describe, expect, it } from 'vitest'
import type { Item } from '@/core/api'
import { missingOf, rowsOf, splitName, summaryOf } from './checklist'
import { FRESH } from './visit.types'
import type { Visit } from './visit.types'

const m = (code: string, primary: boolean, deferrable: boolean) => ({ code, primary, deferrable })
const item = {
  code: 'x',
  scenarios: [
    {
      code: 'x/1',
      materials: [m('HK', false, true), m('ID', true, false), m('FM', true, false), m('VC', false, false)],
    },
  ],
} as unknown as Item
const visit: Visit = { ...FRESH, item, scenario: 'x/1' }

describe('the checklist', () => {
  it('puts first what must be there, also what is secondary but may not follow', () =>
    expect(rowsOf(visit).map((r) => [r.code, r.must, r.ask])).toEqual([
      ['ID', true, 'have'],
      ['FM', true, 'system'],
      ['VC', true, 'have'],
      ['HK', false, 'have'],
    ]))

  it('asks a proxy for the authorisation once', () => {
    expect(rowsOf({ ...visit, proxy: true }).filter((r) => r.code === 'AU')).toHaveLength(1)
  })

  it.each([
    [{}, 'open'],
    [{ ID: true, VC: true, HK: true }, 'complete'],
    [{ ID: true, VC: true, HK: false }, 'later'],
    [{ ID: false, HK: false }, 'must'],
  ] as const)('%j means %s', (have, summary) => {
    const told = { ...visit, have: have as Record<string, boolean> }
    expect(summaryOf(rowsOf(told))).toBe(summary)
  })

  it('tells as missing only what somebody said is not there', () =>
    expect(missingOf({ ...visit, have: { ID: true, HK: false } })).toEqual(['HK']))

  it('splits names at their brackets', () => {
    expect(splitName('身份证(可调电子证照)')).toEqual({ name: '身份证', more: '可调电子证照' })
    expect(splitName('户口簿')).toEqual({ name: '户口簿', more: undefined })
  })
})
