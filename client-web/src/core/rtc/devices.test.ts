import { describe, expect, it } from 'vitest'
import { DeviceError, faultOf, openCamera } from '.'

const named = (name: string) => Object.assign(new Error(name), { name })

describe('devices', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'failed'],
  ])('calls %s %s', (name, fault) => expect(faultOf(named(name))).toBe(fault))

  it('says so when the page is not served securely', async () => {
    const before = Object.getOwnPropertyDescriptor(navigator, 'mediaDevices')
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true })
    await expect(openCamera()).rejects.toEqual(new DeviceError('camera', 'insecure'))
    if (before) Object.defineProperty(navigator, 'mediaDevices', before)
  })
})
