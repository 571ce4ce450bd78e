import { Emitter } from '../events'
import type { FormView } from '../protocol'
import { Refused } from '../signal'
import { fitting } from './form'
import type { FieldName } from './form'

/** How a hand reaches the shared form. Both promises settle with the server's answer. */
export interface FormPort {
  focus(field: FieldName | undefined): Promise<unknown>
  set(field: FieldName, text: string, base: number): Promise<unknown>
}

/** What a writer types at this moment. */
export interface Draft {
  field: FieldName
  text: string
}

interface WriterEvents {
  draft: Draft | undefined
  /** The other side was there first, or types there: what was typed here is gone. */
  lost: FieldName
}

/** A pause in typing after which the other side sees it. */
const PAUSE_MS = 400

/**
 * One hand on the shared form. It types into a draft of its own, which goes to the server piece by piece, one request
 * at a time, each based on the version that was seen: so nobody's words are overwritten unseen.
 */
export class FormWriter {
  readonly #port: FormPort
  readonly #pauseMs: number
  readonly #events = new Emitter<WriterEvents>()
  #form: FormView = { values: {}, typing: {} }
  /** Versions that an answer told before the view that shows them. */
  readonly #told = new Map<FieldName, { version: number; text: string }>()
  #draft: Draft | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> | undefined

  constructor(port: FormPort, pauseMs = PAUSE_MS) {
    this.#port = port
    this.#pauseMs = pauseMs
  }

  get draft(): Draft | undefined {
    return this.#draft
  }

  on<K extends keyof WriterEvents>(name: K, listener: (value: WriterEvents[K]) => void): () => void {
    return this.#events.on(name, listener)
  }

  /** The latest form from the server. */
  seen(form: FormView): void {
    this.#form = form
    // A piece whose answer was lost with the link goes again, on the version that is now known.
    if (this.#draft && !this.#sending && !this.#timer && this.#dirty()) this.#schedule()
  }

  /** Begins to type in a field; the other side sees that it is taken. */
  async focus(field: FieldName): Promise<void> {
    if (this.#draft?.field === field) return
    await this.blur()
    this.#set({ field, text: this.#known(field).text })
    try {
      await this.#port.focus(field)
    } catch (error) {
      if (error instanceof Refused && this.#draft?.field === field) this.#drop(field)
    }
  }

  type(text: string): void {
    if (!this.#draft) return
    this.#set({ field: this.#draft.field, text: fitting(this.#draft.field, text) })
    this.#schedule()
  }

  /** Ends typing: the rest is sent and the field is free again. */
  async blur(): Promise<void> {
    const { field } = this.#draft ?? {}
    if (!field) return
    await this.#flush()
    if (this.#draft?.field !== field) return
    this.#set(undefined)
    await this.#port.focus(undefined).catch(() => undefined)
  }

  /** Forgets everything, without a word to anybody. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#told.clear()
    this.#form = { values: {}, typing: {} }
    this.#set(undefined)
  }

  #known(field: FieldName): { version: number; text: string } {
    const seen = this.#form.values[field]
    const told = this.#told.get(field)
    if (told && told.version > (seen?.version ?? 0)) return told
    return { version: seen?.version ?? 0, text: seen?.text ?? '' }
  }

  #dirty(): boolean {
    return this.#draft !== undefined && this.#known(this.#draft.field).text !== this.#draft.text
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#flush(), this.#pauseMs)
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#sending
    const draft = this.#draft
    if (!draft || !this.#dirty()) return
    this.#sending = this.#send(draft)
    await this.#sending
    this.#sending = undefined
  }

  async #send({ field, text }: Draft): Promise<void> {
    const base = this.#known(field).version
    try {
      await this.#port.set(field, text, base)
      this.#told.set(field, { version: base + 1, text })
    } catch (error) {
      // Without a link the draft stays and goes with the next view; a refusal ends it.
      if (error instanceof Refused && this.#draft?.field === field) this.#drop(field)
    }
  }

  #drop(field: FieldName): void {
    this.#set(undefined)
    this.#events.emit('lost', field)
  }

  #set(draft: Draft | undefined): void {
    this.#draft = draft
    this.#events.emit('draft', draft)
  }
}
