import type { CaseId, HandoffId, MaterialCode, PaperId, StillId } from '../protocol'
import type {
  Case,
  CasePage,
  Colleague,
  Handoff,
  JudgeMaterial,
  NewCase,
  NewHandoff,
  NotAccept,
  Revealed,
} from './cases'
import type { Http } from './http'
import type { Catalogue, Me, PageConfig, SignedIn } from './types'

/** Everything that a clerk's page asks of the REST interface. */
export class DeskApi {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  pageConfig(): Promise<PageConfig> {
    return this.#http.get('/page-config')
  }

  catalogue(): Promise<Catalogue> {
    return this.#http.get('/catalogue')
  }

  signIn(login: string, password: string): Promise<SignedIn> {
    return this.#http.post('/staff/sign-in', { body: { login, password } })
  }

  signOut(): Promise<void> {
    return this.#http.post('/staff/sign-out')
  }

  me(): Promise<Me> {
    return this.#http.get('/me')
  }

  async socketPass(): Promise<string> {
    return (await this.#http.post('/socket-pass')).pass
  }

  cases(wanted: { mine?: boolean; query?: string; before?: string }): Promise<CasePage> {
    return this.#http.get('/cases', { query: wanted })
  }

  case(id: CaseId): Promise<Case> {
    return this.#http.get('/cases/{id}', { path: { id } })
  }

  /** `key` belongs to this very request: the same again opens nothing twice. */
  openCase(body: NewCase, key: string): Promise<Case> {
    return this.#http.post('/cases', { body, headers: { 'Idempotency-Key': key } })
  }

  reveal(id: CaseId): Promise<Revealed> {
    return this.#http.get('/cases/{id}/id-number', { path: { id } })
  }

  judge(id: CaseId, material: MaterialCode, body: JudgeMaterial): Promise<Case> {
    return this.#http.put('/cases/{id}/materials/{code}', { path: { id, code: material }, body })
  }

  /** `despiteDoubt`: the clerk confirms although the identity check is doubtful. */
  accept(id: CaseId, version: number, despiteDoubt: boolean): Promise<Case> {
    const body = { version, despite_doubt: despiteDoubt }
    return this.#http.post('/cases/{id}/accept', { path: { id }, body })
  }

  notAccept(id: CaseId, body: NotAccept): Promise<Case> {
    return this.#http.post('/cases/{id}/not-accept', { path: { id }, body })
  }

  colleagues(id: CaseId): Promise<Colleague[]> {
    return this.#http.get('/colleagues', { query: { case: id } })
  }

  async handoffs(forMe: boolean): Promise<Handoff[]> {
    return (await this.#http.get('/handoffs', { query: { for_me: forMe } })).handoffs
  }

  offer(id: CaseId, body: NewHandoff): Promise<Handoff> {
    return this.#http.post('/cases/{id}/handoffs', { path: { id }, body })
  }

  takeOver(id: HandoffId): Promise<Handoff> {
    return this.#http.post('/handoffs/{id}/accept', { path: { id } })
  }

  refuse(id: HandoffId, reason: string): Promise<Handoff> {
    return this.#http.post('/handoffs/{id}/refuse', { path: { id }, body: { reason } })
  }

  withdraw(id: HandoffId): Promise<Handoff> {
    return this.#http.post('/handoffs/{id}/withdraw', { path: { id } })
  }

  /** One page as a picture, from 1. */
  paperPage(id: PaperId, page: number): Promise<Blob> {
    return this.#http.blob('/papers/{id}/pages/{file}', { path: { id, file: `${page}.png` } })
  }

  paperPdf(id: PaperId): Promise<Blob> {
    return this.#http.blob('/papers/{file}', { path: { file: `${id}.pdf` } })
  }

  still(id: StillId): Promise<Blob> {
    return this.#http.blob('/stills/{id}', { path: { id } })
  }
}
