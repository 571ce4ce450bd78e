import { Problem } from '@/core/api'
import type { Enrolled, Http } from '@/core/api'
import { enrol, identityStore, openSession } from '@/core/devices'
import type { Keep, TerminalIdentity } from '@/core/devices'
import { SignInNeeded } from '@/core/signal'

/**
 * How this machine comes in: its device key, a session token from it, and a socket pass from that. The token lives in
 * memory only.
 */
export class Door {
  readonly #http: Http
  readonly #store: Keep<TerminalIdentity>
  #identity: TerminalIdentity | undefined
  #token: string | undefined

  /** `http` sends `token()` along. */
  constructor(http: Http, store: Keep<TerminalIdentity> = identityStore) {
    this.#http = http
    this.#store = store
  }

  token(): string | undefined {
    return this.#token
  }

  /** Whether this machine was enrolled before. */
  async known(): Promise<boolean> {
    this.#identity = await this.#store.read()
    return this.#identity !== undefined
  }

  async enrol(code: string): Promise<Enrolled> {
    this.#token = undefined
    const enrolled = await enrol(this.#http, code, this.#store)
    this.#identity = await this.#store.read()
    return enrolled
  }

  /** A pass for one socket; a session that has ended is opened again. */
  async pass(): Promise<string> {
    const fresh = this.#token === undefined
    if (fresh) await this.#open()
    try {
      return await this.#ask()
    } catch (error) {
      if (fresh || !refused(error)) throw error
      await this.#open()
      return this.#ask()
    }
  }

  async #ask(): Promise<string> {
    return (await this.#http.post('/socket-pass')).pass
  }

  async #open(): Promise<void> {
    if (!this.#identity) throw new SignInNeeded()
    this.#token = undefined
    const identity = this.#identity
    const open = async () => (await openSession(this.#http, identity)).token
    try {
      // A challenge is forgotten by a server that starts again in between: once more with another.
      this.#token = await open().catch((error: unknown) => {
        if (refused(error)) return open()
        throw error
      })
    } catch (error) {
      // The key is no longer good: only enrolling again helps.
      throw refused(error) ? new SignInNeeded() : error
    }
  }
}

function refused(error: unknown): boolean {
  return error instanceof Problem && error.status === 401
}
