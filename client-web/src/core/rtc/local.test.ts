import { afterEach, describe, expect, it, vi } from 'vitest'
import { LocalDevices, USUAL_DEVICES, choiceOf } from './local'

describe('what was chosen', () => {
  it('is read back', () => {
    const choice = { ...USUAL_DEVICES, ring: 'box', ringVolume: 0.2, voiceOnly: true }
    expect(choiceOf(JSON.stringify(choice))).toEqual(choice)
  })

  it.each([null, '', 'x', '[]', 'null', '{"ringVolume":7,"camera":3,"voiceOnly":"yes"}'])(
    'begins anew on %s',
    (stored) => expect(choiceOf(stored)).toEqual(USUAL_DEVICES),
  )
})

class Track extends EventTarget {
  stopped = false
  constructor(readonly id: string) {
    super()
  }
  stop() {
    this.stopped = true
  }
}

describe('own devices', () => {
  afterEach(() => vi.unstubAllGlobals())

  const plug = (getUserMedia: (wish: MediaStreamConstraints) => Promise<Track>) =>
    vi.stubGlobal('navigator', {
      mediaDevices: {
        getUserMedia: async (wish: MediaStreamConstraints) => {
          const track = await getUserMedia(wish)
          return { getAudioTracks: () => [track], getVideoTracks: () => [track] }
        },
      },
    })
  const chosen = (wish: MediaStreamConstraints) =>
    ((wish.video as MediaTrackConstraints).deviceId as { exact: string } | undefined)?.exact

  it('falls back to the usual camera when the chosen one is gone', async () => {
    plug((wish) =>
      chosen(wish)
        ? Promise.reject(new DOMException('', 'NotFoundError'))
        : Promise.resolve(new Track('usual')),
    )
    const devices = new LocalDevices()
    await devices.open('camera', 'gone')
    expect(devices.track('camera')?.id).toBe('usual')
    expect(devices.fault('camera')).toBeUndefined()
  })

  it('says why there is none', async () => {
    plug(() => Promise.reject(new DOMException('', 'NotAllowedError')))
    const devices = new LocalDevices()
    await devices.open('microphone', '')
    expect([devices.track('microphone'), devices.fault('microphone')]).toEqual([null, 'denied'])
  })

  it('keeps the latest choice when an older one ends later, and stops what is replaced', async () => {
    const slow: { open?: (track: Track) => void } = {}
    const tracks = { slow: new Track('slow'), quick: new Track('quick') }
    plug((wish) =>
      chosen(wish) === 'slow'
        ? new Promise((resolve) => (slow.open = resolve))
        : Promise.resolve(tracks.quick),
    )
    const devices = new LocalDevices()
    const first = devices.open('camera', 'slow')
    await devices.open('camera', 'quick')
    slow.open?.(tracks.slow)
    await first
    expect(devices.track('camera')?.id).toBe('quick')
    expect(tracks.slow.stopped).toBe(true)
    devices.close('camera')
    expect(tracks.quick.stopped).toBe(true)
  })

  it('notices a device that is pulled out', async () => {
    const track = new Track('camera')
    plug(() => Promise.resolve(track))
    const devices = new LocalDevices()
    await devices.open('camera', '')
    track.dispatchEvent(new Event('ended'))
    expect([devices.track('camera'), devices.fault('camera')]).toEqual([null, 'missing'])
  })
})
