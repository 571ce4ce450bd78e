import { Emitter } from '@/core/events'
import type { CallView } from '@/core/protocol'

/** What goes out of this desk, as the clerk sees it. */
export interface OwnMedia {
  muted: boolean
  cameraOff: boolean
  /** Space is held: heard although muted. */
  talking: boolean
}

export interface OwnMediaOptions {
  /** Tells the server; settles when it has answered. */
  send: (call: string, muted: boolean, cameraOff: boolean) => Promise<unknown>
  /** Opens or closes the very tracks, so that silence does not depend on anybody else. */
  tracks: (microphone: boolean, camera: boolean) => void
}

/**
 * Mute, camera off and push-to-talk. The wish acts on the tracks at once and is told to the server, which silences as
 * well; the server's view wins when no wish of ours is on its way. Outside of a call the microphone is closed.
 */
export class OwnMediaControl {
  readonly #options: OwnMediaOptions
  readonly #events = new Emitter<{ change: OwnMedia }>()
  #call: { id: string; onHold: boolean } | undefined
  #own: OwnMedia = { muted: false, cameraOff: false, talking: false }
  #sending = 0

  constructor(options: OwnMediaOptions) {
    this.#options = options
    this.#apply()
  }

  get state(): OwnMedia {
    return this.#own
  }

  onChange(listener: (own: OwnMedia) => void): () => void {
    return this.#events.on('change', listener)
  }

  /** The newest view of the running call; nothing when there is none. */
  see(call: CallView | undefined): void {
    const another = call?.id !== this.#call?.id
    this.#call = call && { id: call.id, onHold: call.on_hold }
    if (!call) this.#own = { muted: false, cameraOff: false, talking: false }
    else if (another)
      this.#own = { muted: call.clerk.muted, cameraOff: call.clerk.camera_off, talking: false }
    else if (this.#sending === 0 && !this.#own.talking) {
      this.#own = { ...this.#own, muted: call.clerk.muted, cameraOff: call.clerk.camera_off }
    }
    this.#changed()
  }

  toggleMute(): void {
    this.#wish({ muted: !this.#own.muted, talking: false })
  }

  toggleCamera(): void {
    this.#wish({ cameraOff: !this.#own.cameraOff })
  }

  /** Heard while held, if muted. */
  pushToTalk(held: boolean): void {
    if (held === this.#own.talking || (held && !this.#own.muted)) return
    this.#wish({ talking: held })
  }

  #wish(change: Partial<OwnMedia>): void {
    const call = this.#call
    if (!call) return
    this.#own = { ...this.#own, ...change }
    this.#changed()
    const { muted, cameraOff, talking } = this.#own
    this.#sending += 1
    const settled = () => void (this.#sending -= 1)
    // When the link is gone the tracks obey all the same; the next view brings both sides together.
    this.#options.send(call.id, muted && !talking, cameraOff).then(settled, settled)
  }

  #apply(): void {
    const { muted, cameraOff, talking } = this.#own
    const heard = this.#call !== undefined && !this.#call.onHold && (!muted || talking)
    this.#options.tracks(heard, !cameraOff)
  }

  #changed(): void {
    this.#apply()
    this.#events.emit('change', this.#own)
  }
}
