/**
 * A server made of answers, for tests of the desk's pages alone: the built pages, REST and the live link are answered
 * inside the browser test, and a second peer in the page plays the citizen's picture.
 */
import { readFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import type { Page, Route, WebSocketRoute } from '@playwright/test'
import type { Handoff } from '../../src/core/api'
import type { CallView, CaseBrief, ClerkMessage, ClerkView } from '../../src/core/protocol'
import { answerMedia } from './peer'
import * as story from './story'

const dist = resolve(import.meta.dirname, '../../dist')
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
/** What the server sends with its pages; the pages must live with it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"
export const ORIGIN = 'http://localhost:9'
/** One grey dot, where a paper or a still is asked for. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)

type Answer = { status?: number; json: unknown; headers?: Record<string, string> }

export class World {
  view: ClerkView = story.clerk({ status: 'off_duty' })
  brief: CaseBrief | undefined
  handoffs: Handoff[] = [story.handoff()]
  lines = story.lines
  demo = false
  /** Answers the next REST request to a path otherwise. */
  readonly refuse = new Map<string, Answer>()
  /** What the desk said over the live link and by REST, oldest first. */
  readonly said: ClerkMessage[] = []
  readonly asked: { method: string; path: string; body: unknown; headers: Record<string, string> }[] = []
  readonly faults: string[] = []
  #socket: WebSocketRoute | undefined
  #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async open(path = '/desk.html'): Promise<void> {
    const page = this.#page
    page.on('pageerror', (error) => this.faults.push(error.message))
    page.on('console', (line) => {
      // A refused request is written there by the browser, whatever the page makes of it.
      const refused = line.text().startsWith('Failed to load resource')
      if (line.type() === 'error' && !refused) this.faults.push(line.text())
    })
    await page.route(`${ORIGIN}/**`, (route) => this.#http(route))
    await page.routeWebSocket(`${ORIGIN.replace('http', 'ws')}/ws`, (socket) => this.#ws(socket))
    await page.goto(ORIGIN + path)
  }

  async signIn(): Promise<void> {
    await this.#page.getByTestId('sign-in-login').fill('chenmin')
    await this.#page.getByTestId('sign-in-password').fill('a long password')
    await this.#page.getByTestId('sign-in-submit').click()
  }

  /** News by itself. */
  tell(body: object): void {
    this.#socket?.send(JSON.stringify({ body }))
  }

  become(status: ClerkView['status']): void {
    this.view = { ...this.view, since: story.now(), status }
    this.tell({ type: 'view', ...this.view })
  }

  get call(): CallView {
    if (this.view.status.status !== 'in_call') throw new Error(`not in a call but ${this.view.status.status}`)
    return this.view.status.call
  }

  inCall(change: Partial<CallView>): void {
    const before = this.view.status.status === 'in_call' ? this.view.status.call : story.call()
    this.become({ status: 'in_call', call: { ...before, ...change } })
  }

  /** Closes the live link as the server would. */
  async drop(code: number): Promise<void> {
    await this.#socket?.close({ code, reason: '' })
  }

  #ws(socket: WebSocketRoute): void {
    this.#socket = socket
    socket.onMessage((text) => void this.#heard(socket, String(text)))
  }

  async #heard(socket: WebSocketRoute, text: string): Promise<void> {
    const { id, body } = JSON.parse(text) as { id: number; body: ClerkMessage | { type: 'hello' } }
    const answer = (told: object) => socket.send(JSON.stringify({ re: id, body: told }))
    if (body.type === 'hello') {
      answer({
        type: 'welcome',
        protocol: 1,
        resume: 'r',
        resumed: false,
        server_time: story.now(),
        ping_every_ms: 60_000,
        media_alive: false,
      })
      this.tell({ type: 'view', ...this.view })
      this.tell({ type: 'queues', queues: story.queues, waiting: story.waiting })
      return
    }
    if (body.type !== 'slot_size') this.said.push(body)
    if (body.type === 'media_offer') {
      // The page may go away while it answers itself: then nobody waits for it.
      const sdp = await answerMedia(this.#page, body.sdp).catch(() => undefined)
      if (sdp !== undefined) answer({ type: 'media_answer', sdp })
      return
    }
    answer({ type: 'done' })
    this.#follow(body)
  }

  #follow(message: ClerkMessage): void {
    if (message.type === 'set_status') {
      const wish = message.status
      if (['in_call', 'wrap_up'].includes(this.view.status.status)) {
        this.view = { ...this.view, next: wish }
        this.tell({ type: 'view', ...this.view })
      } else if (wish.kind === 'break') this.become({ status: 'break', reason: wish.reason })
      else this.become({ status: wish.kind })
    } else if (message.type === 'accept') this.inCall({})
    else if (message.type === 'decline') this.become({ status: 'not_ready', reason: 'declined' })
    else if (message.type === 'hold') this.inCall({ on_hold: message.on })
    else if (message.type === 'set_media')
      this.inCall({
        clerk: { muted: message.muted, camera_off: message.camera_off, presence: { kind: 'here' } },
      })
    else if (message.type === 'ask_assist')
      this.inCall({
        assist: { asked: message.capabilities, granted: [], ask_ends_at: story.now() + 30 * story.SECOND },
      })
    else if (message.type === 'form_focus')
      this.inCall({
        form: { ...this.call.form, typing: message.field === undefined ? {} : { [message.field]: 'clerk' } },
      })
    else if (message.type === 'form_set') {
      const value = { text: message.text, by: 'clerk' as const, version: message.base + 1 }
      this.inCall({
        form: { ...this.call.form, values: { ...this.call.form.values, [message.field]: value } },
      })
    } else if (message.type === 'capture')
      this.inCall({ capture: { still: 'still-1', material: message.material } })
    else if (message.type === 'show') {
      const { showing: _gone, ...rest } = this.call
      this.become({ status: 'in_call', call: message.paper ? { ...rest, showing: message.paper } : rest })
    } else if (message.type === 'say')
      this.tell({ type: 'said', by: 'clerk', text: message.text, at: story.now() })
    else if (message.type === 'hang_up') this.wrapUp()
    else if (message.type === 'finish_wrap_up') this.become({ status: 'ready' })
    else if (message.type === 'extend_wrap_up' && this.view.status.status === 'wrap_up')
      this.become({ ...this.view.status, extended: true, ends_at: this.view.status.ends_at + story.MINUTE })
  }

  wrapUp(): void {
    const { id, ticket, site, started_at } = this.call
    this.become({
      status: 'wrap_up',
      call: id,
      ticket,
      site,
      started_at,
      ended_at: story.now(),
      ends_at: story.now() + 2 * story.MINUTE,
      extended: false,
      ...(this.brief ? { case: this.brief } : {}),
    })
  }

  /** A changed case goes to the call and to whoever it concerns. */
  changeCase(change: Partial<CaseBrief>): CaseBrief {
    const before = this.brief ?? story.brief()
    const one = { ...before, ...change, version: before.version + (this.brief ? 1 : 0) }
    this.brief = one
    if (this.view.status.status === 'in_call') {
      const { capture: _done, ...call } = this.call
      this.become({ status: 'in_call', call: { ...call, case: one } })
    }
    this.tell({ type: 'case_changed', case: one })
    return one
  }

  async #http(route: Route): Promise<void> {
    const request = route.request()
    const { pathname, searchParams } = new URL(request.url())
    if (!pathname.startsWith('/api/v1')) {
      const file = pathname === '/' ? '/desk.html' : pathname
      try {
        const body = readFileSync(join(dist, file))
        const contentType = TYPES[extname(file)] ?? 'application/octet-stream'
        await route.fulfill({ body, contentType, headers: { 'content-security-policy': POLICY } })
      } catch {
        await route.fulfill({ status: 404, body: '' })
      }
      return
    }
    const path = pathname.slice('/api/v1'.length)
    const body: unknown = request.postData() ? request.postDataJSON() : undefined
    this.asked.push({ method: request.method(), path, body, headers: request.headers() })
    if (/\.(png|pdf)$|^\/stills\//.test(path)) {
      await route.fulfill({ body: DOT, contentType: 'image/png' })
      return
    }
    const key = `${request.method()} ${path}`
    const refused = this.refuse.get(key)
    this.refuse.delete(key)
    const { status = 200, json, headers = {} } = refused ?? this.#answer(key, searchParams, body)
    await route.fulfill(status === 204 ? { status } : { status, json, headers })
  }

  #answer(key: string, query: URLSearchParams, body: unknown): Answer {
    const [method = '', path = ''] = key.split(' ')
    if (path === '/page-config')
      return {
        json: {
          version: '0',
          demo: this.demo,
          help_line: '12345',
          consents: [],
          hours: { open: true },
          utc_offset_minutes: 480,
          clerk_grace_s: 30,
          terminal_grace_s: 120,
        },
      }
    if (path === '/catalogue') return { json: story.catalogue }
    if (path === '/staff/sign-in') return { json: { token: 'token', expires_at: 0, me: story.me } }
    if (path === '/staff/sign-out') return { status: 204, json: null }
    if (path === '/me') return { json: story.me }
    if (path === '/socket-pass') return { json: { pass: 'pass', expires_in_s: 30 } }
    if (path === '/colleagues') return { json: story.colleagues }
    if (path === '/handoffs')
      return { json: { handoffs: query.get('for_me') === 'true' ? this.handoffs : [] } }
    if (key === 'GET /cases') {
      const wanted = query.get('query')
      return { json: { cases: this.lines.filter((one) => !wanted || one.number.startsWith(wanted)) } }
    }
    if (key === 'POST /cases') return { status: 201, json: story.whole(this.changeCase({})) }
    return this.#act(method, path, body as Record<string, unknown> | undefined)
  }

  #act(method: string, path: string, body: Record<string, unknown> | undefined): Answer {
    const [, kind, id = '', what = '', which = ''] = path.split('/')
    if (kind === 'handoffs') {
      const one = this.handoffs.find((each) => each.id === id)
      this.handoffs = this.handoffs.filter((each) => each.id !== id)
      return { json: { ...one, state: what === 'accept' ? 'accepted' : 'refused' } }
    }
    if (what === 'id-number') return { json: { id_number: '11010519491231002X', phone: '138 0013 6621' } }
    const current = this.brief ?? { ...story.brief(), id }
    if (method === 'GET') return { json: story.whole(id === current.id ? current : { ...current, id }) }
    if (body?.['version'] !== current.version)
      return { status: 409, json: { code: 'stale', detail: 'the case changed' } }
    if (what === 'materials') {
      const state = body['state'] as 'accepted'
      const materials = current.materials.map((one) => (one.code === which ? { ...one, state } : one))
      return { json: story.whole(this.changeCase({ materials })) }
    }
    if (what === 'accept') {
      const notice = story.paper('acceptance_notice', '2026-000127-受理-1')
      return {
        json: story.whole(this.changeCase({ state: 'accepted', papers: [...current.papers, notice] })),
      }
    }
    if (what === 'not-accept') {
      const notice = story.paper('non_acceptance_notice', '2026-000127-不予受理-1')
      return {
        json: story.whole(this.changeCase({ state: 'not_accepted', papers: [...current.papers, notice] })),
      }
    }
    const offered: Handoff = {
      ...story.handoff(),
      ...(body as object),
      id: 'handoff-1',
      case: current.id,
      from: story.me.id,
    }
    this.changeCase({ open_handoff: offered })
    return { status: 201, json: offered }
  }
}
