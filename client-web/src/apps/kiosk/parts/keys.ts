import { onBeforeUnmount, onMounted } from 'vue'

/** What the keyboard of a terminal can do on every page. */
export interface KeyActs {
  help: () => void
  again: () => void
  size: () => void
  touched: () => void
}

const NAMED: Record<string, keyof KeyActs> = { F1: 'help', F2: 'again', F3: 'size' }

/** Whether a key belongs to something that is typed into. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

/** The scope that keys act in: a dialog on top, else the page. */
function scope(): ParentNode {
  const dialogs = document.querySelectorAll('dialog[open]')
  return dialogs[dialogs.length - 1] ?? document
}

/** 1–9 pick the nth choice, Esc goes back (and never hangs up), F1–F3 help, hear again, size. */
export function useKeys(acts: KeyActs): void {
  const press = (event: KeyboardEvent) => {
    acts.touched()
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const named = NAMED[event.key]
    if (named) {
      event.preventDefault()
      acts[named]()
      return
    }
    // A page that takes characters itself has answered already.
    if (event.defaultPrevented || typing(event.target)) return
    if (event.key === 'Escape') scope().querySelector<HTMLElement>('[data-back]')?.click()
    if (/^[1-9]$/.test(event.key)) {
      const choices = scope().querySelectorAll<HTMLButtonElement>('[data-choice]:not(:disabled)')
      choices[Number(event.key) - 1]?.click()
    }
  }
  const touch = () => acts.touched()
  onMounted(() => {
    window.addEventListener('keydown', press)
    window.addEventListener('pointerdown', touch, { passive: true, capture: true })
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', press)
    window.removeEventListener('pointerdown', touch, { capture: true })
  })
}

/** A page's own characters, such as digits of a number; bound before the keys of every page. */
export function useCharacters(take: (key: string) => boolean): void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return
    if (document.querySelector('dialog[open]')) return
    if (take(event.key)) event.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', press, { capture: true }))
  onBeforeUnmount(() => window.removeEventListener('keydown', press, { capture: true }))
}
