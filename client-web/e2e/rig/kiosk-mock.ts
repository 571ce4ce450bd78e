/**
 * A terminal's page without a server: REST and WebSocket answered by the test, so that every page and state can be
 * looked at. What it says has the types of the wire.
 */
import type { Page, WebSocketRoute } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type {
  CallView,
  CaseBrief,
  TerminalMessage,
  TerminalNews,
  TerminalStage,
} from '../../src/core/protocol'

const dist = resolve(import.meta.dirname, '../../dist')
const catalogue = resolve(import.meta.dirname, '../../../server/sample/catalogue.json')
const TYPES: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}
export const ORIGIN = 'http://localhost:4999'
export const SITE = {
  code: 'S11',
  name: '赤坭镇·缠岗村',
  name_zh_hk: '赤坭鎮·纏崗村',
  name_en: 'Changang Village, Chini',
  languages: ['yue', 'zh', 'hak'] as ('yue' | 'zh' | 'hak')[],
}

/** What must never be seen in an address or left behind. */
export const SECRETS = { token: 'the-secret-token', pass: 'the-secret-pass' }

export interface MockOptions {
  open?: boolean
  enrolled?: boolean
  consents?: boolean
  demo?: boolean
  /** A picture for every page of every paper. */
  paper?: Buffer
}

/** The sample catalogue as the server serves it: with initials, here only those that the tests search for. */
export function served(): unknown {
  const told = JSON.parse(readFileSync(catalogue, 'utf8')) as {
    items: { code: string; initials?: string; alias_initials?: string[]; aliases: string[] }[]
    packages: { code: string; initials?: string }[]
  }
  const known: Record<string, string> = {
    'disab-cert': 'cjrzxbhl',
    'disab-living': 'kncjrshbt',
    'disab-care': 'zdcjrhlbt',
    'senior-card': 'lnrydk',
  }
  for (const item of told.items) {
    item.initials = known[item.code] ?? 'x'.repeat(12)
    item.alias_initials = item.aliases.map((alias) => (alias === '老人卡' ? 'lrk' : 'x'))
  }
  for (const one of told.packages) if (one.code === 'disability') one.initials = 'cjrfwyjs'
  return told
}

export class KioskMock {
  readonly heard: TerminalMessage[] = []
  /** How often a page came in. */
  hellos = 0
  /** How often it was not let in. */
  refused = 0
  readonly #page: Page
  readonly #options: MockOptions
  #socket: WebSocketRoute | undefined
  stage: TerminalStage = { stage: 'free' }
  personCalled = false
  staffed = true
  waiting = 2
  /** While false, nobody answers: neither REST nor sockets. */
  reachable = true
  answer: (message: TerminalMessage) => object = () => ({ type: 'done' })

  constructor(page: Page, options: MockOptions = {}) {
    this.#page = page
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#page.route(`${ORIGIN}/**`, (route) => {
      const path = new URL(route.request().url()).pathname
      if (path.startsWith('/api/')) return this.#rest(route, path)
      const file = path === '/kiosk' ? 'kiosk.html' : path.slice(1)
      try {
        const body = readFileSync(join(dist, file))
        return route.fulfill({
          body,
          contentType: TYPES[file.split('.').pop() ?? ''] ?? 'application/octet-stream',
        })
      } catch {
        return route.fulfill({ status: 404 })
      }
    })
    await this.#page.routeWebSocket(/\/ws$/, (socket) => {
      if (!this.reachable) {
        this.refused += 1
        socket.close({ code: 1011 })
        return
      }
      this.#socket = socket
      socket.onMessage((text) => this.#message(socket, String(text)))
    })
  }

  #rest(route: Parameters<Parameters<Page['route']>[1]>[0], path: string) {
    if (!this.reachable) {
      this.refused += 1
      return route.abort()
    }
    const json = (body: unknown, status = 200) => route.fulfill({ status, json: body })
    const { open = true, consents = true, demo = false } = this.#options
    switch (path.replace('/api/v1', '')) {
      case '/page-config':
        return json({
          version: '0.1.0',
          demo,
          help_line: '12345',
          hours: {
            open,
            from: '09:00',
            to: '17:00',
            weekdays: [1, 2, 3, 4, 5],
            // Thursday 12 March 2026, nine o'clock in China.
            ...(open ? {} : { next_open: Date.UTC(2026, 2, 12, 1) * 1000 }),
          },
          utc_offset_minutes: 480,
          clerk_grace_s: 30,
          terminal_grace_s: 120,
          consents: consents
            ? [
                { purpose: 'recording', text_version: 'recording-2026-01', retention_months: 6 },
                { purpose: 'face_check', text_version: 'face-2026-01' },
              ]
            : [],
          ...(demo
            ? { demo_sites: Array.from({ length: 12 }, (_, n) => ({ ...SITE, code: `S${n + 1}` })) }
            : {}),
        })
      case '/catalogue':
        return json(served())
      case '/terminals/enrol':
        return json({ terminal: 'T1', site: SITE }, 201)
      case '/demo/enrolment-code':
        return json({ code: '7K2QF0M9XD' }, 201)
      case '/terminals/challenge':
        return json({ challenge: 'abc' })
      case '/terminals/session':
        return json({ token: SECRETS.token, expires_at: 0 })
      case '/socket-pass':
        return json({ pass: SECRETS.pass, expires_in_s: 30 })
    }
    if (path.includes('/papers/') && this.#options.paper)
      return route.fulfill({ body: this.#options.paper, contentType: 'image/png' })
    return json({ code: 'not_found' }, 404)
  }

  #message(socket: WebSocketRoute, text: string): void {
    const { id, body } = JSON.parse(text) as { id: number; body: TerminalMessage | { type: 'hello' } }
    const reply = (told: object) => socket.send(JSON.stringify({ re: id, body: told }))
    if (body.type === 'hello') {
      this.hellos += 1
      reply({
        type: 'welcome',
        protocol: 1,
        resume: 'r',
        resumed: false,
        server_time: Date.now() * 1000,
        ping_every_ms: 30_000,
        media_alive: true,
      })
      this.tell(this.stage)
      return
    }
    this.heard.push(body)
    if (body.type === 'media_offer')
      reply({ type: 'error', code: 'bad_offer', detail: 'no media in this test' })
    else reply(this.answer(body))
  }

  /** Sends a new view. */
  tell(stage: TerminalStage): void {
    this.stage = stage
    const { waiting, staffed, personCalled: person_called } = this
    this.news({ type: 'view', site: SITE, waiting, staffed, person_called, stage })
  }

  news(news: TerminalNews): void {
    this.#socket?.send(JSON.stringify({ body: news }))
  }

  /** Closes the link as the server would. */
  async drop(code: number): Promise<void> {
    await this.#socket?.close({ code })
  }

  /** Breaks the link and lets nobody through until `reachable` is set again. */
  async cut(): Promise<void> {
    this.reachable = false
    await this.#socket?.close({ code: 1011 })
  }
}

export const TICKET = {
  id: 'ticket-1',
  number: 'C023',
  skill_group: 'civil',
  item: 'disab-living',
  scenario: 'disab-living/1',
  taken_at: Date.now() * 1000,
}

export const CASE: CaseBrief = {
  id: 'case-1',
  number: '2026-000127',
  state: 'intake',
  version: 3,
  item: 'disab-living',
  scenario: 'disab-living/1',
  owner: 'clerk-1',
  owner_name: '陈敏',
  materials: [
    { code: 'ID', primary: true, deferrable: false, state: 'accepted', stills: ['s1'] },
    { code: 'DC', primary: true, deferrable: false, state: 'missing', stills: [] },
    { code: 'LB', primary: true, deferrable: false, state: 'captured', stills: ['s2'] },
    { code: 'HK', primary: false, deferrable: true, state: 'rejected', reason: '看不清', stills: ['s3'] },
    { code: 'AC', primary: false, deferrable: true, state: 'missing', stills: [] },
  ],
  papers: [],
}

export const PAPERS: CaseBrief['papers'] = [
  {
    id: 'paper-1',
    kind: 'intake_receipt',
    number: '2026-000127-收件-1',
    issued_at: 0,
    pages: 1,
    received_at: 1,
  },
  { id: 'paper-2', kind: 'acceptance_notice', number: '2026-000127-受理-1', issued_at: 0, pages: 1 },
]

/** A call as it begins; `more` is what is different. */
export function call(more: Partial<CallView> = {}): CallView {
  return {
    id: 'call-1',
    started_at: (Date.now() - 550_000) * 1000,
    ticket: TICKET,
    site: SITE,
    terminal_id: 'T1',
    terminal: { muted: false, camera_off: false, presence: { kind: 'here' } },
    clerk_id: 'clerk-1',
    clerk_name: '陈敏',
    clerk_number: '0312',
    clerk: { muted: false, camera_off: false, presence: { kind: 'here' } },
    on_hold: false,
    slots: { voice: 0, face: 0, aux: 1 },
    assist: { asked: [], granted: [] },
    form: { values: {}, typing: {} },
    consents: [{ purpose: 'recording', text_version: 'recording-2026-01', locale: 'zh-CN', granted: true }],
    ...more,
  }
}
