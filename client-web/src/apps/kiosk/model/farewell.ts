import type { CallId, TerminalMessage, TerminalStage } from '@/core/protocol'
import { residue, wipeStorage } from '@/core/wipe'
import { endedCall } from './stage'

/** What happens to the end of a visit that the server could not be told at once. */
export class Farewell {
  readonly #ask: (message: TerminalMessage) => Promise<unknown>
  /** The ended call whose wipe the server does not know of. */
  #owed: CallId | undefined

  constructor(ask: (message: TerminalMessage) => Promise<unknown>) {
    this.#ask = ask
  }

  /** Erases the browser's stores and tells the server; whether nothing is left here. */
  async erase(stage: TerminalStage | undefined): Promise<boolean> {
    this.#owed = endedCall(stage)
    if (this.#owed !== undefined) await this.#tell()
    await wipeStorage()
    return (await residue()).length === 0
  }

  /** Whether this stage is one that was wiped already; then the server is told again. */
  knows(stage: TerminalStage): boolean {
    if (this.#owed === undefined || this.#owed !== endedCall(stage)) return false
    void this.#tell()
    return true
  }

  async #tell(): Promise<void> {
    try {
      await this.#ask({ type: 'wiped' })
      this.#owed = undefined
    } catch {
      // No link: the next view asks again.
    }
  }
}
