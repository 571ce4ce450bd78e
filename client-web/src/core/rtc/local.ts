import { Emitter } from '../events'
import { DeviceError, openCamera, openMicrophone } from './devices'
import type { DeviceFault } from './devices'

export type LocalKind = 'camera' | 'microphone'

/** What a person chose on this machine; an empty id is the usual device. */
export interface DeviceChoice {
  camera: string
  microphone: string
  speaker: string
  ring: string
  /** 0 to 1. */
  ringVolume: number
  /** Work without a camera. */
  voiceOnly: boolean
  /** Echo cancellation and noise suppression. */
  processing: boolean
}

export const USUAL_DEVICES: DeviceChoice = {
  camera: '',
  microphone: '',
  speaker: '',
  ring: '',
  ringVolume: 0.7,
  voiceOnly: false,
  processing: true,
}

/** What was stored, as far as it makes sense. */
export function choiceOf(stored: string | null): DeviceChoice {
  let told: Partial<Record<keyof DeviceChoice, unknown>> = {}
  try {
    const parsed: unknown = JSON.parse(stored ?? '{}')
    if (typeof parsed === 'object' && parsed !== null) told = parsed
  } catch {
    // Nobody's handwriting: begin anew.
  }
  const choice = { ...USUAL_DEVICES }
  for (const key of ['camera', 'microphone', 'speaker', 'ring'] as const) {
    const value = told[key]
    if (typeof value === 'string') choice[key] = value
  }
  for (const key of ['voiceOnly', 'processing'] as const) {
    const value = told[key]
    if (typeof value === 'boolean') choice[key] = value
  }
  const { ringVolume } = told
  if (typeof ringVolume === 'number' && ringVolume >= 0 && ringVolume <= 1) choice.ringVolume = ringVolume
  return choice
}

export interface DeviceList {
  cameras: { id: string; label: string }[]
  microphones: { id: string; label: string }[]
  outputs: { id: string; label: string }[]
}

/** What is plugged in. Labels are empty until a device was allowed. */
export async function listDevices(): Promise<DeviceList> {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  const all = (await devices?.enumerateDevices()) ?? []
  const of = (kind: MediaDeviceKind) =>
    all.flatMap((d) => (d.kind === kind && d.deviceId !== '' ? [{ id: d.deviceId, label: d.label }] : []))
  return { cameras: of('videoinput'), microphones: of('audioinput'), outputs: of('audiooutput') }
}

/** This page's own camera and microphone. */
export class LocalDevices {
  readonly #events = new Emitter<{ change: undefined }>()
  readonly #tracks: Record<LocalKind, MediaStreamTrack | null> = { camera: null, microphone: null }
  readonly #faults: Record<LocalKind, DeviceFault | undefined> = { camera: undefined, microphone: undefined }
  /** Which opening is the latest: an older one that ends later must not win. */
  readonly #turns: Record<LocalKind, number> = { camera: 0, microphone: 0 }

  onChange(listener: () => void): () => void {
    return this.#events.on('change', listener)
  }

  track(kind: LocalKind): MediaStreamTrack | null {
    return this.#tracks[kind]
  }

  fault(kind: LocalKind): DeviceFault | undefined {
    return this.#faults[kind]
  }

  /** Opens or changes a device; a chosen one that is gone is replaced by the usual one. */
  async open(kind: LocalKind, deviceId: string, processing = true): Promise<void> {
    const turn = ++this.#turns[kind]
    const wish = { processing, ...(deviceId === '' ? {} : { deviceId }) }
    const ask = kind === 'camera' ? openCamera : openMicrophone
    try {
      const track = await ask(wish).catch((error: unknown) => {
        if (deviceId !== '' && error instanceof DeviceError && error.fault === 'missing')
          return ask({ processing })
        throw error
      })
      if (turn !== this.#turns[kind]) return track.stop()
      this.#put(kind, track, undefined)
      track.addEventListener('ended', () => {
        if (this.#tracks[kind] === track) this.#put(kind, null, 'missing')
      })
    } catch (error) {
      if (turn !== this.#turns[kind]) return
      this.#put(kind, null, error instanceof DeviceError ? error.fault : 'failed')
    }
  }

  close(kind: LocalKind): void {
    this.#turns[kind] += 1
    this.#put(kind, null, undefined)
  }

  #put(kind: LocalKind, track: MediaStreamTrack | null, fault: DeviceFault | undefined): void {
    this.#tracks[kind]?.stop()
    this.#tracks[kind] = track
    this.#faults[kind] = fault
    this.#events.emit('change', undefined)
  }
}
