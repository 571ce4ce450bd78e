import type { Spoken } from '../protocol'

/** Which recordings a server has: pages by voice. Made by `tools/voices.mjs`; a district puts its own in its place. */
export type VoiceIndex = Partial<Record<Spoken, readonly string[]>>

export interface PromptsOptions {
  base?: string
  fetch?: typeof fetch
  player?: () => HTMLAudioElement
}

/** Spoken prompts: one recording per page and voice. A page without one stays silent; every word also stands there. */
export class Prompts {
  readonly #options: PromptsOptions
  #index: VoiceIndex = {}
  #player: HTMLAudioElement | undefined
  /** 0 to 1. */
  volume = 0.7

  constructor(options: PromptsOptions = {}) {
    this.#options = options
  }

  /** Finds out which recordings there are; having none is no fault. */
  async load(): Promise<void> {
    try {
      const response = await (this.#options.fetch ?? fetch)(`${this.#base}/index.json`)
      if (response.ok) this.#index = (await response.json()) as VoiceIndex
    } catch {
      this.#index = {}
    }
  }

  has(voice: Spoken, page: string): boolean {
    return this.#index[voice]?.includes(page) ?? false
  }

  /** In which voice a page is said: its own, else Mandarin for Hakka, whose page is written in it; none stays silent. */
  voiceOf(spoken: Spoken, page: string): Spoken | undefined {
    if (this.has(spoken, page)) return spoken
    return spoken === 'hak' && this.has('zh', page) ? 'zh' : undefined
  }

  /** Says a page's words; what was being said stops. */
  say(spoken: Spoken, page: string): void {
    this.stop()
    const voice = this.voiceOf(spoken, page)
    if (voice === undefined) return
    const player = (this.#player ??= this.#options.player?.() ?? new Audio())
    player.src = `${this.#base}/${voice}/${page}.ogg`
    player.volume = this.volume
    player.play().catch(() => undefined)
  }

  stop(): void {
    this.#player?.pause()
  }

  get #base(): string {
    return this.#options.base ?? '/voices'
  }
}
