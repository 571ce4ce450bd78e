import { describe, expect, it } from 'vitest'
import type { CallView } from '@/core/protocol'
import { RequestKeys, draftField, draftOf, faultsOf, requestOf } from './open-case'
import type { Draft } from './open-case'

const today = new Date(2026, 2, 11)
const good: Draft = {
  item: 'disab-living',
  scenario: 'disab-living/1',
  name: ' 王大力 ',
  idNumber: '1101 0519 4912 3100 2x',
  phone: '138 0013 6621',
  method: 'by_eye',
  result: 'matches',
  note: '',
}

describe('opening a case', () => {
  it('begins with what the form and the ticket tell', () => {
    const call = {
      ticket: { item: 'dibao' },
      form: { values: { name: { text: '王', by: 'citizen', version: 1 } }, typing: {} },
    } as unknown as CallView
    expect(draftOf(call)).toMatchObject({ item: 'dibao', scenario: '', name: '王', phone: '', result: '' })
  })

  it('sends tidy fields', () => {
    expect([...faultsOf(good, today)]).toEqual([])
    expect(requestOf(good, 'c')).toEqual({
      call: 'c',
      item: 'disab-living',
      scenario: 'disab-living/1',
      applicant: {
        name: '王大力',
        id_number: '11010519491231002X',
        phone: '138 0013 6621',
        identity_check: { method: 'by_eye', result: 'matches' },
      },
    })
  })

  it('names everything that is wrong at once', () => {
    const bad = {
      ...good,
      item: '',
      scenario: '',
      name: ' ',
      idNumber: '123',
      phone: 'x',
      result: '' as const,
    }
    expect([...faultsOf(bad, today)]).toEqual(['item', 'scenario', 'name', 'id_number', 'phone', 'result'])
  })

  it('wants words for a doubt', () => {
    expect([...faultsOf({ ...good, result: 'doubtful' }, today)]).toEqual(['note'])
    expect(requestOf({ ...good, result: 'doubtful', note: '像' }, 'c').applicant.identity_check).toEqual({
      method: 'by_eye',
      result: 'doubtful',
      note: '像',
    })
  })

  it('knows its fields in the answer of the server', () => {
    expect([draftField('applicant.phone'), draftField('call')]).toEqual(['phone', undefined])
  })

  it('keeps the key of a request that is sent again, and makes a new one for another', () => {
    const keys = new RequestKeys()
    let n = 0
    const random = () => `key-${++n}`
    expect([
      keys.keyOf({ a: 1 }, random),
      keys.keyOf({ a: 1 }, random),
      keys.keyOf({ a: 2 }, random),
    ]).toEqual(['key-1', 'key-1', 'key-2'])
  })
})
