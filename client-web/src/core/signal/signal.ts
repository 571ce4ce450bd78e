import { CLOSE_REASONS, PROTOCOL_VERSION, SUBPROTOCOL } from '../protocol'
import type { ErrorCode, Welcome } from '../protocol'
import { Emitter } from '../events'
import { backoff } from './backoff'
import type { SocketLike } from './socket'

export type CloseName = (typeof CLOSE_REASONS)[keyof typeof CLOSE_REASONS]

/** Where the link stands, for banners. */
export type LinkState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  | { kind: 'waiting'; attempt: number; reason: CloseName | 'lost' }
  | { kind: 'closed'; reason: CloseName | 'signed_out' }

/** The server said no; nothing changed. */
export class Refused extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`)
    this.name = 'Refused'
  }
}

/** No answer came: the link was gone or went away. It is unknown whether the request took effect. */
export class LinkLost extends Error {
  constructor() {
    super('link lost')
    this.name = 'LinkLost'
  }
}

/** Thrown by `pass()` when only signing in again helps. */
export class SignInNeeded extends Error {
  constructor() {
    super('sign in needed')
    this.name = 'SignInNeeded'
  }
}

/** What the server may answer to a request, and what it says by itself. */
interface Told {
  type: string
}

export interface SignalOptions<Request> {
  url: string
  /** Name and version, for the server's log. */
  client: string
  /** Fetches a fresh single-use socket pass. */
  pass: () => Promise<string>
  /** A harmless request sent when nothing was heard for a while: a browser cannot see WebSocket pings. */
  probe?: () => Request
  open?: (url: string, protocol: string) => SocketLike
  random?: () => number
  /** How long a request may go unanswered before the link counts as dead. */
  answerWithinMs?: number
}

interface Waiting {
  resolve: (body: Told) => void
  reject: (error: Error) => void
  timer: ReturnType<typeof setTimeout>
}

interface SignalEvents<News> {
  news: News
  welcome: Welcome
  link: LinkState
}

/** Close reasons after which coming back by itself is wrong: the page must act. */
const FINAL: ReadonlySet<CloseName> = new Set(['incompatible', 'replaced', 'revoked', 'bye'])

/**
 * One WebSocket that comes back by itself. `Request` is what this role may say, `News` what it is told.
 *
 * Every request is a promise: it settles with the answer, with `Refused`, or with `LinkLost`. After a lost link
 * nothing is repeated by itself; the next view is the whole truth and the caller decides again.
 */
export class Signal<Request, News extends Told> {
  readonly #options: SignalOptions<Request>
  readonly #events = new Emitter<SignalEvents<News>>()
  readonly #waiting = new Map<number, Waiting>()
  #socket: SocketLike | undefined
  #nextId = 1
  #attempt = 0
  #rejectedPasses = 0
  #resume: string | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #pulse: ReturnType<typeof setInterval> | undefined
  #heardAt = 0
  #generation = 0
  #link: LinkState = { kind: 'idle' }
  /** Server's clock minus this machine's, in milliseconds. */
  #skew = 0

  constructor(options: SignalOptions<Request>) {
    this.#options = options
  }

  get link(): LinkState {
    return this.#link
  }

  on<K extends keyof SignalEvents<News>>(
    name: K,
    listener: (value: SignalEvents<News>[K]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /** The server's time in milliseconds since 1970, for count-downs on machines whose clock is wrong. */
  now(): number {
    return Date.now() + this.#skew
  }

  start(): void {
    if (this.#link.kind !== 'idle' && this.#link.kind !== 'closed') return
    this.#attempt = 0
    this.#rejectedPasses = 0
    this.#connect()
  }

  /** Ends for good, until `start`. */
  stop(): void {
    this.#generation += 1
    clearTimeout(this.#retry)
    this.#resume = undefined
    this.#dropSocket(1000)
    this.#setLink({ kind: 'closed', reason: 'bye' })
  }

  /** Tries again at once instead of waiting for the next attempt. */
  hurry(): void {
    if (this.#link.kind !== 'waiting') return
    clearTimeout(this.#retry)
    this.#connect()
  }

  request(body: Request): Promise<Told> {
    if (this.#link.kind !== 'open' || !this.#socket) return Promise.reject(new LinkLost())
    return this.#ask(this.#socket, body)
  }

  /** Says something whose answer does not matter, such as a pointer's way; silent without a link. */
  tell(body: Request): void {
    this.request(body).catch(() => undefined)
  }

  #ask(socket: SocketLike, body: unknown): Promise<Told> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lost('lost'), this.#options.answerWithinMs ?? 10_000)
      this.#waiting.set(id, { resolve, reject, timer })
      socket.send(JSON.stringify({ id, body }))
    })
  }

  #connect(): void {
    const generation = ++this.#generation
    this.#attempt += 1
    this.#setLink({ kind: 'connecting', attempt: this.#attempt })
    this.#options.pass().then(
      (pass) => {
        if (generation === this.#generation) this.#open(pass)
      },
      (error: unknown) => {
        if (generation !== this.#generation) return
        if (error instanceof SignInNeeded) this.#setLink({ kind: 'closed', reason: 'signed_out' })
        else this.#later('lost')
      },
    )
  }

  #open(pass: string): void {
    const open = this.#options.open ?? ((url, protocol) => new WebSocket(url, protocol) as SocketLike)
    const socket = open(this.#options.url, SUBPROTOCOL)
    this.#socket = socket
    const opening = setTimeout(
      () => this.#socket === socket && this.#lost('lost'),
      this.#options.answerWithinMs ?? 10_000,
    )
    socket.onopen = () => {
      clearTimeout(opening)
      const hello = { type: 'hello', protocol: PROTOCOL_VERSION, pass, client: this.#options.client }
      this.#ask(socket, this.#resume ? { ...hello, resume: this.#resume } : hello).then(
        (told) => this.#socket === socket && this.#welcomed(told as unknown as Welcome),
        () => undefined,
      )
    }
    socket.onmessage = (event) => this.#socket === socket && this.#heard(String(event.data))
    socket.onerror = () => undefined
    socket.onclose = (event) => {
      clearTimeout(opening)
      if (this.#socket !== socket) return
      const name = (CLOSE_REASONS as Record<number, CloseName>)[event.code]
      this.#lost(name ?? 'lost')
    }
  }

  #welcomed(welcome: Welcome): void {
    this.#attempt = 0
    this.#rejectedPasses = 0
    this.#resume = welcome.resume
    this.#skew = welcome.server_time / 1000 - Date.now()
    this.#setLink({ kind: 'open' })
    this.#events.emit('welcome', welcome)
    this.#watch(welcome.ping_every_ms)
  }

  #watch(everyMs: number): void {
    const { probe } = this.#options
    if (!probe) return
    const quiet = Math.max(2_000, everyMs / 2)
    clearInterval(this.#pulse)
    this.#pulse = setInterval(() => {
      if (Date.now() - this.#heardAt >= quiet) this.tell(probe())
    }, quiet)
  }

  #heard(text: string): void {
    this.#heardAt = Date.now()
    const frame = frameOf(text)
    if (!frame) return
    if (frame.re === undefined) {
      this.#events.emit('news', frame.body as News)
      return
    }
    const waiting = this.#waiting.get(frame.re)
    if (!waiting) return
    this.#waiting.delete(frame.re)
    clearTimeout(waiting.timer)
    if (frame.body.type === 'error') {
      waiting.reject(new Refused(frame.body.code ?? 'internal', frame.body.detail ?? ''))
    } else waiting.resolve(frame.body)
  }

  #lost(reason: CloseName | 'lost'): void {
    this.#dropSocket(4999)
    if (reason !== 'lost' && FINAL.has(reason)) {
      this.#resume = undefined
      this.#setLink({ kind: 'closed', reason })
      return
    }
    if (reason === 'unauthenticated') {
      this.#resume = undefined
      this.#rejectedPasses += 1
      // One refused pass may have been late; two mean that the sign-in itself is no longer good.
      if (this.#rejectedPasses >= 2) {
        this.#setLink({ kind: 'closed', reason })
        return
      }
    }
    this.#later(reason)
  }

  #later(reason: CloseName | 'lost'): void {
    const random = this.#options.random ?? Math.random
    const attempt = Math.max(1, this.#attempt)
    const pause = reason === 'restarting' ? Math.round(3000 * random()) : backoff(attempt, random)
    this.#setLink({ kind: 'waiting', attempt, reason })
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), pause)
  }

  #dropSocket(code: number): void {
    clearInterval(this.#pulse)
    const socket = this.#socket
    this.#socket = undefined
    if (socket) {
      try {
        socket.close(code)
      } catch {
        // Already closed.
      }
    }
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer)
      waiting.reject(new LinkLost())
    }
    this.#waiting.clear()
  }

  #setLink(link: LinkState): void {
    this.#link = link
    this.#events.emit('link', link)
  }
}

interface Frame {
  re?: number
  body: Told & { code?: ErrorCode; detail?: string }
}

function frameOf(text: string): Frame | undefined {
  try {
    const frame = JSON.parse(text) as Partial<Frame> | null
    return typeof frame?.body?.type === 'string' ? (frame as Frame) : undefined
  } catch {
    return undefined
  }
}
