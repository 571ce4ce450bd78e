interface Sentinel {
  release(): Promise<void>
}

interface Locks {
  request(kind: 'screen'): Promise<Sentinel>
}

/** Keeps the screen on while somebody waits or talks; where the browser cannot, nothing happens. */
export class WakeLock {
  #wanted = false
  #held: Sentinel | undefined

  constructor() {
    // The browser lets go by itself whenever the page is hidden.
    document.addEventListener('visibilitychange', () => {
      this.#held = undefined
      if (this.#wanted && document.visibilityState === 'visible') void this.#take()
    })
  }

  async set(on: boolean): Promise<void> {
    if (this.#wanted === on) return
    this.#wanted = on
    if (on) return this.#take()
    const held = this.#held
    this.#held = undefined
    await held?.release().catch(() => undefined)
  }

  async #take(): Promise<void> {
    const locks = (navigator as Navigator & { wakeLock?: Locks }).wakeLock
    try {
      const held = await locks?.request('screen')
      if (this.#wanted) this.#held = held
      else await held?.release()
    } catch {
      // Refused, such as on an empty battery: a screen that dims is no reason to stop.
    }
  }
}
