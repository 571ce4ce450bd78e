import { shallowRef } from 'vue'
import { FormEditor, faded, withMark } from '@/core/assist'
import type { Marks } from '@/core/assist'
import type { CallView, TerminalMessage, TerminalNews, Words } from '@/core/protocol'
import { Refused } from '@/core/signal'

/** How often it is looked whether a pointing hand has faded. */
const FADE_EVERY_MS = 500
/** Words that stay readable. */
const KEPT_WORDS = 50

type Ask = (message: TerminalMessage) => Promise<unknown>

/** The clerk's hand and words on this terminal, and the citizen's own hand on the form. */
export function useHand(ask: Ask, call: () => CallView | undefined) {
  const marks = shallowRef<Marks>({})
  const words = shallowRef<readonly Words[]>([])
  /** Raised by every change of the editor, which is no Vue object. */
  const edits = shallowRef(0)

  const editor = new FormEditor({
    me: 'citizen',
    focus: (field) => {
      const id = call()?.id
      if (id) ask({ type: 'form_focus', call: id, ...(field ? { field } : {}) }).catch(() => undefined)
    },
    write: async (field, text, base) => {
      const id = call()?.id
      if (!id) return 'failed'
      try {
        await ask({ type: 'form_set', call: id, field, text, base })
        return 'done'
      } catch (error) {
        const stale = error instanceof Refused && ['stale', 'field_locked'].includes(error.code)
        return stale ? 'stale' : 'failed'
      }
    },
  })
  editor.onChange(() => (edits.value += 1))

  const fading = setInterval(() => (marks.value = faded(marks.value, Date.now())), FADE_EVERY_MS)

  return {
    marks,
    words,
    edits,
    editor,
    heard(news: TerminalNews): void {
      if (news.type === 'marked') marks.value = withMark(marks.value, news.surface, news.mark, Date.now())
      else if (news.type === 'said') words.value = [...words.value, news].slice(-KEPT_WORDS)
    },
    seen(view: CallView): void {
      editor.see(view.form)
      if (view.assist.granted.length === 0 && Object.keys(marks.value).length > 0) marks.value = {}
    },
    forget(): void {
      marks.value = {}
      words.value = []
      editor.reset()
      editor.see({ values: {}, typing: {} })
    },
    stop: () => clearInterval(fading),
  }
}

export type HandOnForm = ReturnType<typeof useHand>
