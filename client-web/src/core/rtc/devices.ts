/** Why no picture or sound could be had, so that a page can say what to do. */
export type DeviceFault = 'denied' | 'missing' | 'busy' | 'insecure' | 'failed'

export class DeviceError extends Error {
  constructor(
    readonly device: 'camera' | 'microphone' | 'document_camera',
    readonly fault: DeviceFault,
  ) {
    super(`${device}: ${fault}`)
    this.name = 'DeviceError'
  }
}

/** Sorts what getUserMedia throws (Media Capture and Streams §10.2). */
export function faultOf(error: unknown): DeviceFault {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'failed'
}

export interface Wish {
  deviceId?: string
  /** Echo cancellation and kin; off only in tests that read tones back. */
  processing?: boolean
}

export async function openMicrophone(wish: Wish = {}): Promise<MediaStreamTrack> {
  const on = wish.processing ?? true
  const audio: MediaTrackConstraints = { echoCancellation: on, noiseSuppression: on, autoGainControl: on }
  if (wish.deviceId) audio.deviceId = { exact: wish.deviceId }
  return open('microphone', { audio }, (stream) => stream.getAudioTracks())
}

export async function openCamera(wish: Wish = {}): Promise<MediaStreamTrack> {
  // 960 × 540 is the least at which Chromium sends all three layers.
  const video: MediaTrackConstraints = {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
  }
  if (wish.deviceId) video.deviceId = { exact: wish.deviceId }
  return open('camera', { video }, (stream) => stream.getVideoTracks())
}

export async function openDocumentCamera(deviceId: string): Promise<MediaStreamTrack> {
  const video: MediaTrackConstraints = {
    deviceId: { exact: deviceId },
    width: { ideal: 3840 },
    height: { ideal: 2160 },
    frameRate: { ideal: 10 },
  }
  return open('document_camera', { video }, (stream) => stream.getVideoTracks())
}

async function open(
  device: DeviceError['device'],
  constraints: MediaStreamConstraints,
  pick: (stream: MediaStream) => MediaStreamTrack[],
): Promise<MediaStreamTrack> {
  // Without HTTPS (or localhost) the browser hides every device.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (!devices?.getUserMedia) throw new DeviceError(device, 'insecure')
  try {
    const [track] = pick(await devices.getUserMedia(constraints))
    if (!track) throw new DeviceError(device, 'missing')
    return track
  } catch (error) {
    if (error instanceof DeviceError) throw error
    throw new DeviceError(device, faultOf(error))
  }
}
