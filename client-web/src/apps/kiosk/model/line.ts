import { Emitter } from '@/core/events'
import { openTerminalDocumentCamera } from '@/core/devices'
import type { DocumentCamera } from '@/core/devices'
import { LocalDevices } from '@/core/rtc'
import type { DeviceFault, Media } from '@/core/rtc'
import { testHooks } from '@/core/test-hooks'

/**
 * How far the media go: nothing; a warm connection without camera and microphone; at the ring both open, the picture on
 * its way to the server and the microphone silent; in a call everything.
 */
export type Reach = 'none' | 'warm' | 'ring' | 'open'

/** A device that could not be opened is tried again this often. */
const RETRY_MS = 5000

/**
 * Camera, microphone and document camera of a visit. The connection is warm from the ticket on. The devices open with the
 * ring, because opening a camera takes longer than everything else between accepting and seeing each other; the server
 * forwards nothing before a clerk has accepted. They close with the ring or the call.
 */
export class Line {
  readonly devices = new LocalDevices()
  readonly #media: Media
  readonly #events = new Emitter<{ change: undefined }>()
  #document: DocumentCamera | undefined
  #reach: Reach = 'none'
  #voiceOnly = false
  #muted = false
  #retry: ReturnType<typeof setInterval> | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(media: Media) {
    this.#media = media
    this.devices.onChange(() => this.#put())
  }

  onChange(listener: () => void): () => void {
    return this.#events.on('change', listener)
  }

  get document(): DocumentCamera | undefined {
    return this.#document
  }

  get reach(): Reach {
    return this.#reach
  }

  get cameraFault(): DeviceFault | undefined {
    return this.#voiceOnly ? undefined : this.devices.fault('camera')
  }

  get microphoneFault(): DeviceFault | undefined {
    return this.devices.fault('microphone')
  }

  /** Goes as far as the stage of the visit asks for. */
  set(reach: Reach): void {
    if (this.#reach === reach) return
    const before = this.#reach
    this.#reach = reach
    if (!devicesOpen(reach)) {
      if (devicesOpen(before)) this.#shut()
    } else {
      if (!devicesOpen(before)) this.#opening = this.#open()
      this.#enable()
      if (reach === 'open') void this.#opening.then(() => this.#openDocument())
    }
    if (reach === 'none') this.#media.close()
    else if (before === 'none') this.connect(false)
    this.#events.emit('change', undefined)
  }

  /** Makes or mends the connection; `anew` when the server has lost its side. */
  connect(anew: boolean): void {
    // The next view or the media's own watch tries again; there is nobody to tell.
    if (this.#reach !== 'none') this.#media.connect(anew).catch(() => undefined)
  }

  setMuted(muted: boolean): void {
    this.#muted = muted
    this.#enable()
  }

  /** Without the camera, by the citizen's choice. */
  setVoiceOnly(on: boolean): void {
    this.#voiceOnly = on
    if (!devicesOpen(this.#reach)) return
    if (on) this.devices.close('camera')
    else void this.devices.open('camera', '')
  }

  async #open(): Promise<void> {
    // All layers from the ring on: more of them later would start the encoder anew while the clerk waits for the picture.
    void this.#media.setAllLayers(true)
    clearInterval(this.#retry)
    this.#retry = setInterval(() => void this.#mend(), RETRY_MS)
    const processing = testHooks?.processing ?? true
    // A browser opens one device after the other, and the clerk waits for the picture: the camera comes first.
    await Promise.all([
      this.#voiceOnly ? undefined : this.devices.open('camera', ''),
      this.devices.open('microphone', '', processing),
    ])
  }

  async #openDocument(): Promise<void> {
    if (this.#reach !== 'open' || this.#document) return
    const face = this.devices.track('camera')?.getSettings().deviceId
    const found = await openTerminalDocumentCamera(face, testHooks?.documentCamera).catch(() => undefined)
    if (this.#reach !== 'open') {
      found?.track.stop()
      return
    }
    this.#document = found
    found?.track.addEventListener('ended', () => this.#lostDocument(found))
    await this.#media.setTrack('aux', found?.track ?? null)
    this.#events.emit('change', undefined)
  }

  #lostDocument(camera: DocumentCamera): void {
    if (this.#document !== camera) return
    this.#document = undefined
    void this.#media.setTrack('aux', null)
    this.#events.emit('change', undefined)
  }

  async #mend(): Promise<void> {
    if (!devicesOpen(this.#reach)) return
    if (this.devices.fault('microphone')) await this.devices.open('microphone', '')
    if (this.cameraFault) await this.devices.open('camera', '')
    if (!this.#document && !testHooks?.documentCamera) await this.#openDocument()
  }

  #shut(): void {
    clearInterval(this.#retry)
    this.devices.close('camera')
    this.devices.close('microphone')
    this.#document?.track.stop()
    this.#document = undefined
    this.#muted = false
    void this.#media.setTrack('aux', null)
    void this.#media.setAllLayers(false)
  }

  #put(): void {
    this.#enable()
    void this.#media.setTrack('mic', this.devices.track('microphone'))
    void this.#media.setTrack('camera', this.devices.track('camera'))
    this.#events.emit('change', undefined)
  }

  #enable(): void {
    const microphone = this.devices.track('microphone')
    if (microphone) microphone.enabled = this.#reach === 'open' && !this.#muted
  }
}

function devicesOpen(reach: Reach): boolean {
  return reach === 'ring' || reach === 'open'
}
