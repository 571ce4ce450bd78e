import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Media } from '@/core/rtc'
import { Line } from './line'

class FakeTrack extends EventTarget {
  enabled = true
  stopped = false
  constructor(readonly name: string) {
    super()
  }
  stop() {
    this.stopped = true
  }
  getSettings() {
    return { deviceId: this.name }
  }
}

/** Devices and a connection that write down what is done with them. */
function rig(broken: string[] = []) {
  const tracks: FakeTrack[] = []
  const done: string[] = []
  const open = (name: string) => {
    if (broken.includes(name))
      return Promise.reject(Object.assign(new Error(name), { name: 'NotFoundError' }))
    const track = new FakeTrack(name)
    tracks.push(track)
    return Promise.resolve({ getAudioTracks: () => [track], getVideoTracks: () => [track] })
  }
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: ({ audio }: { audio?: object }) => open(audio ? 'mic' : 'camera'),
      enumerateDevices: async () => [],
    },
  })
  const media = {
    connect: async (anew: boolean) => void done.push(anew ? 'connect anew' : 'connect'),
    close: () => done.push('close'),
    setAllLayers: async (on: boolean) => void done.push(`layers ${on ? 'all' : 'least'}`),
    setTrack: async (kind: string, track: FakeTrack | null) =>
      void done.push(`${kind} ${track ? 'on' : 'off'}`),
  }
  return { line: new Line(media as unknown as Media), tracks, done }
}

describe('camera and microphone of a visit', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const settle = () => vi.advanceTimersByTimeAsync(0)

  it('are closed while somebody waits, though the connection is warm', async () => {
    const { line, tracks, done } = rig()
    line.set('warm')
    await settle()
    expect(done).toEqual(['connect'])
    expect(tracks).toEqual([])
  })

  it('open when a clerk has accepted, on the connection that is there, and close with the call', async () => {
    const { line, tracks, done } = rig()
    line.set('warm')
    line.set('open')
    await settle()
    expect(done.filter((d) => d.startsWith('connect'))).toEqual(['connect'])
    expect(done).toContain('layers all')
    expect(tracks.map((t) => t.name).sort()).toEqual(['camera', 'mic'])
    line.set('none')
    await settle()
    expect(tracks.every((t) => t.stopped)).toBe(true)
    expect(done.at(-1)).not.toBe('camera on')
    expect(done).toContain('close')
    expect(line.devices.track('camera')).toBeNull()
  })

  it('open with the ring, heard and seen by nobody yet, and are not opened again for the call', async () => {
    const { line, tracks, done } = rig()
    line.set('warm')
    line.set('ring')
    await settle()
    expect(tracks.map((t) => t.name).sort()).toEqual(['camera', 'mic'])
    expect(tracks.find((t) => t.name === 'mic')?.enabled).toBe(false)
    expect(done).toContain('camera on')
    line.set('open')
    await settle()
    expect(tracks.map((t) => t.name).sort()).toEqual(['camera', 'mic'])
    expect(tracks.find((t) => t.name === 'mic')?.enabled).toBe(true)
    expect(done.filter((d) => d.startsWith('layers'))).toEqual(['layers all'])
  })

  it('close again when nobody answers the ring', async () => {
    const { line, tracks } = rig()
    line.set('ring')
    await settle()
    line.set('warm')
    await settle()
    expect(tracks.every((t) => t.stopped)).toBe(true)
    expect(line.devices.track('camera')).toBeNull()
  })

  it('that open too late for a call that has ended are let go', async () => {
    const { line, tracks } = rig()
    line.set('open')
    line.set('none')
    await settle()
    expect(tracks.every((t) => t.stopped)).toBe(true)
  })

  it('mute at once, also before the microphone is open', async () => {
    const { line, tracks } = rig()
    line.set('warm')
    line.setMuted(true)
    line.set('open')
    await settle()
    expect(tracks.find((t) => t.name === 'mic')?.enabled).toBe(false)
    line.setMuted(false)
    expect(tracks.find((t) => t.name === 'mic')?.enabled).toBe(true)
  })

  it('are tried again by themselves while they fail', async () => {
    const broken = ['camera']
    const { line } = rig(broken)
    line.set('open')
    await settle()
    expect(line.cameraFault).toBe('missing')
    broken.pop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(line.cameraFault).toBeUndefined()
    expect(line.devices.track('camera')).not.toBeNull()
    line.set('none')
  })

  it('do without the camera by choice', async () => {
    const { line, tracks } = rig()
    line.setVoiceOnly(true)
    line.set('open')
    await settle()
    expect(tracks.map((t) => t.name)).toEqual(['mic'])
    expect(line.cameraFault).toBeUndefined()
    line.set('none')
  })

  it('connect anew only while somebody needs it', async () => {
    const { line, done } = rig()
    line.connect(true)
    expect(done).toEqual([])
    line.set('warm')
    line.connect(true)
    expect(done).toEqual(['connect', 'connect anew'])
  })
})
