import { describe, expect, it } from 'vitest'
import { documentCameraAmong } from '.'

const camera = (deviceId: string, label = '') => ({ kind: 'videoinput' as const, deviceId, label })

describe('which camera looks at the desk', () => {
  it('none when there is only the one that looks at the citizen', () =>
    expect(documentCameraAmong([camera('a')], 'a')).toBeUndefined())
  it('the one that says so', () =>
    expect(documentCameraAmong([camera('a'), camera('b', 'IR'), camera('c', '高拍仪 4K')], 'a')).toBe('c'))
  it('else the other one', () => expect(documentCameraAmong([camera('a'), camera('b')], 'b')).toBe('a'))
  it('without the face camera only one that says so', () => {
    expect(documentCameraAmong([camera('a'), camera('b')], undefined)).toBeUndefined()
    expect(documentCameraAmong([camera('a'), camera('b', '高拍仪')], undefined)).toBe('b')
  })
  it('nothing before the browser tells names and ids', () =>
    expect(documentCameraAmong([camera(''), camera('')], undefined)).toBeUndefined())
})
