import type { Http } from '@/core/api'
import { takeStill } from '@/core/devices'
import type { DocumentCamera } from '@/core/devices'
import { Emitter } from '@/core/events'
import type { CallView, CaptureRequest, MaterialCode, StillId } from '@/core/protocol'
import { uploadStill } from '@/core/stills'

export interface Taking {
  still: StillId
  material: MaterialCode
  /** Share that has arrived, 0 to 1; `failed` when the still could not be taken or sent. */
  sent: number | 'failed'
}

export interface CaptureOptions {
  http: Http
  camera: () => DocumentCamera | undefined
  failed: (call: string, still: StillId) => void
  shutter: () => void
  take?: typeof takeStill
  upload?: typeof uploadStill
}

/** Takes and sends the stills that the clerk asks for, each once, one after the other. */
export class Capture {
  readonly #options: CaptureOptions
  readonly #events = new Emitter<{ change: Taking | undefined }>()
  #taking: Taking | undefined

  constructor(options: CaptureOptions) {
    this.#options = options
  }

  get taking(): Taking | undefined {
    return this.#taking
  }

  onChange(listener: (taking: Taking | undefined) => void): () => void {
    return this.#events.on('change', listener)
  }

  /** Looks at the newest view: a request that is not yet being worked on is begun. */
  async see(call: CallView): Promise<void> {
    const { capture } = call
    if (!capture) {
      // Delivered: nothing more to be said about it.
      if (this.#taking && this.#taking.sent !== 'failed') this.#set(undefined)
      return
    }
    if (this.#taking?.still === capture.still) return
    await this.#work(call.id, capture)
  }

  forget(): void {
    this.#set(undefined)
  }

  async #work(call: string, { still, material }: CaptureRequest): Promise<void> {
    const tell = (sent: Taking['sent']) =>
      (this.#taking === undefined || this.#taking.still === still || sent === 0) &&
      this.#set({ still, material, sent })
    tell(0)
    const { http, camera, failed, shutter } = this.#options
    try {
      const source = camera()
      if (!source) throw new Error('no camera')
      const picture = await (this.#options.take ?? takeStill)(source)
      shutter()
      const upload = this.#options.upload ?? uploadStill
      await upload(http, { still, call, picture }, { onProgress: (sent, total) => tell(sent / total) })
    } catch {
      tell('failed')
      failed(call, still)
    }
  }

  #set(taking: Taking | undefined): void {
    this.#taking = taking
    this.#events.emit('change', taking)
  }
}
