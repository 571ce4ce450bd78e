import { beforeEach, describe, expect, it } from 'vitest'
import type { CallView } from '@/core/protocol'
import { OwnMediaControl } from './own-media'

const call = (id: string, muted = false, onHold = false) =>
  ({ id, on_hold: onHold, clerk: { muted, camera_off: false, presence: { kind: 'here' } } }) as CallView

describe('what goes out of this desk', () => {
  const told: [boolean, boolean][] = []
  let tracks: [boolean, boolean]
  let answer: () => void
  let control: OwnMediaControl

  beforeEach(() => {
    told.length = 0
    control = new OwnMediaControl({
      send: (_call, muted, off) => {
        told.push([muted, off])
        return new Promise<void>((resolve) => (answer = resolve))
      },
      tracks: (microphone, camera) => (tracks = [microphone, camera]),
    })
  })
  const settle = async () => {
    answer()
    await Promise.resolve()
  }

  it('closes the microphone outside of a call', () => {
    expect(tracks).toEqual([false, true])
    control.toggleMute()
    expect(told).toEqual([])
    control.see(call('c'))
    expect(tracks).toEqual([true, true])
    control.see(undefined)
    expect(tracks).toEqual([false, true])
  })

  it('mutes at once, and an older view does not undo it', async () => {
    control.see(call('c'))
    control.toggleMute()
    expect([tracks[0], told]).toEqual([false, [[true, false]]])
    control.see(call('c', false))
    expect(tracks[0]).toBe(false)
    await settle()
    control.see(call('c', true))
    expect(control.state.muted).toBe(true)
  })

  it('lets a muted clerk speak while a key is held', async () => {
    control.see(call('c', true))
    control.pushToTalk(true)
    control.pushToTalk(true)
    expect([tracks[0], told]).toEqual([true, [[false, false]]])
    await settle()
    control.see(call('c', false))
    expect(control.state).toMatchObject({ muted: true, talking: true })
    control.pushToTalk(false)
    expect([tracks[0], told[1]]).toEqual([false, [true, false]])
  })

  it('has nothing to push when the microphone is open', () => {
    control.see(call('c'))
    control.pushToTalk(true)
    expect(told).toEqual([])
  })

  it('is silent on hold, whatever was chosen', () => {
    control.see(call('c', false, true))
    expect(tracks[0]).toBe(false)
    control.see(call('c', false, false))
    expect(tracks[0]).toBe(true)
  })

  it('begins each call anew', () => {
    control.see(call('c', true))
    control.see(call('d'))
    expect(control.state.muted).toBe(false)
  })
})
