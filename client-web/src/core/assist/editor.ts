import { Emitter } from '../events'
import type { FormValue, FormView, Hand } from '../protocol'
import { fitting } from './form'
import type { FieldName } from './form'

/** How a field looks to the hand that edits here. */
export interface FieldState {
  /** What the box shows: the own draft while typing, else the shared value. */
  text: string
  /** Whose hand wrote the shared value. */
  by: Hand | undefined
  /** The other side types here: nobody else may. */
  locked: boolean
  /** The other side wrote meanwhile; the own draft is kept until one is chosen. */
  conflict: string | undefined
  /** Written here and not yet confirmed. */
  saving: boolean
  /** The last writing did not get through; the draft is kept. */
  failed: boolean
}

export type WriteResult = 'done' | 'stale' | 'failed'

export interface EditorOptions {
  me: Hand
  /** Sends one value, based on the version that was seen. */
  write: (field: FieldName, text: string, base: number) => Promise<WriteResult>
  /** Tells where this hand types; nothing means nowhere. */
  focus: (field: FieldName | undefined) => void
  /** How long a pause in typing is before it is sent. */
  pauseMs?: number
}

interface Draft {
  text: string
  base: number
  timer: ReturnType<typeof setTimeout> | undefined
  sending: boolean
  conflict: string | undefined
  failed: boolean
}

/**
 * One hand at the shared form. Typing is sent after short pauses, each time based on the version that was seen; when the
 * other side wrote meanwhile, nothing is overwritten: both texts are shown and a person chooses.
 */
export class FormEditor {
  readonly #options: EditorOptions
  readonly #events = new Emitter<{ change: undefined }>()
  readonly #drafts = new Map<FieldName, Draft>()
  #form: FormView = { values: {}, typing: {} }

  constructor(options: EditorOptions) {
    this.#options = options
  }

  onChange(listener: () => void): () => void {
    return this.#events.on('change', listener)
  }

  /** The newest form, from the view. */
  see(form: FormView): void {
    this.#form = form
    for (const [field, draft] of this.#drafts) {
      const shared = this.#value(field)
      const version = shared?.version ?? 0
      if (draft.sending || version === draft.base) continue
      if (shared?.text === draft.text || shared?.by === this.#options.me) {
        draft.base = version
        if (shared.text === draft.text && draft.timer === undefined) this.#drafts.delete(field)
      } else this.#clash(draft, shared)
    }
    this.#changed()
  }

  state(field: FieldName): FieldState {
    const draft = this.#drafts.get(field)
    const shared = this.#value(field)
    const typing = this.#form.typing[field]
    return {
      text: draft?.text ?? shared?.text ?? '',
      by: shared?.by,
      locked: typing !== undefined && typing !== this.#options.me,
      conflict: draft?.conflict,
      saving: draft !== undefined && draft.conflict === undefined && !draft.failed,
      failed: draft?.failed ?? false,
    }
  }

  enter(field: FieldName): void {
    this.#options.focus(field)
  }

  leave(field: FieldName): void {
    const draft = this.#drafts.get(field)
    if (draft && draft.timer !== undefined) this.#send(field, draft)
    this.#options.focus(undefined)
  }

  type(field: FieldName, text: string): void {
    const old = this.#drafts.get(field)
    const draft: Draft = old ?? {
      text: '',
      base: this.#value(field)?.version ?? 0,
      timer: undefined,
      sending: false,
      conflict: undefined,
      failed: false,
    }
    draft.text = fitting(field, text)
    draft.failed = false
    this.#drafts.set(field, draft)
    clearTimeout(draft.timer)
    draft.timer =
      draft.conflict === undefined
        ? setTimeout(() => this.#send(field, draft), this.#options.pauseMs ?? 400)
        : undefined
    this.#changed()
  }

  /** Ends a conflict: the own text over the other's, or the other's. */
  choose(field: FieldName, mine: boolean): void {
    const draft = this.#drafts.get(field)
    if (!draft) return
    if (!mine) this.#drafts.delete(field)
    else {
      draft.conflict = undefined
      draft.failed = false
      draft.base = this.#value(field)?.version ?? 0
      this.#send(field, draft)
    }
    this.#changed()
  }

  /** Lets all drafts go, such as when consent has ended. */
  reset(): void {
    for (const draft of this.#drafts.values()) clearTimeout(draft.timer)
    this.#drafts.clear()
    this.#changed()
  }

  #send(field: FieldName, draft: Draft): void {
    clearTimeout(draft.timer)
    draft.timer = undefined
    if (draft.sending || draft.conflict !== undefined) return
    const { text, base } = draft
    draft.sending = true
    void this.#options.write(field, text, base).then((result) => {
      draft.sending = false
      if (this.#drafts.get(field) !== draft) return
      const shared = this.#value(field)
      if (result === 'done') {
        draft.base = Math.max(base + 1, shared?.version ?? 0)
        if (draft.text !== text) this.#send(field, draft)
        else if (draft.timer === undefined) this.#drafts.delete(field)
      } else if (result === 'stale') this.#clash(draft, shared)
      else draft.failed = true
      this.#changed()
    })
    this.#changed()
  }

  #clash(draft: Draft, shared: FormValue | undefined): void {
    clearTimeout(draft.timer)
    draft.timer = undefined
    draft.conflict = shared?.text ?? ''
  }

  #value(field: FieldName): FormValue | undefined {
    return this.#form.values[field]
  }

  #changed(): void {
    this.#events.emit('change', undefined)
  }
}
