/** Draws somebody back to this page while it rings: title, tab icon, and a desktop notice that comes again. No names. */
export interface AttentionWords {
  title: string
  body: string
}

export interface AttentionDoors {
  setTitle: (title: string | undefined) => void
  setIcon: (ringing: boolean) => void
  /** Shows a notice and gives back what takes it away. */
  notify: (words: AttentionWords) => () => void
}

const AGAIN_MS = 30_000

export class Attention {
  readonly #doors: AttentionDoors
  #timer: ReturnType<typeof setInterval> | undefined
  #close: (() => void) | undefined

  constructor(doors: AttentionDoors) {
    this.#doors = doors
  }

  /** Begins, changes nothing when it has begun already. */
  call(words: AttentionWords): void {
    if (this.#timer !== undefined) return
    const once = () => {
      this.#close?.()
      this.#close = this.#doors.notify(words)
      this.#doors.setIcon(true)
    }
    this.#doors.setTitle(words.title)
    once()
    this.#timer = setInterval(once, AGAIN_MS)
  }

  rest(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#close?.()
    this.#close = undefined
    this.#doors.setTitle(undefined)
    this.#doors.setIcon(false)
  }
}

/** The real page. */
export function pageDoors(): AttentionDoors {
  const usual = document.title
  return {
    setTitle: (title) => (document.title = title ?? usual),
    setIcon: (ringing) => {
      const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
      if (link) link.href = ringing ? '/icon-ring.svg' : '/icon.svg'
    },
    notify: ({ title, body }) => {
      if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return () => undefined
      const notice = new Notification(title, {
        body,
        tag: 'cloud-window-ring',
        icon: '/icon.svg',
        requireInteraction: true,
      })
      notice.onclick = () => window.focus()
      return () => notice.close()
    },
  }
}
