import type { AnyAsk, Answer, Asked, PathOf } from './described'

/** An answer that says no, as RFC 9457 problem+json. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** What happened, for programs: the last part of the problem's `type`, or its `code`. */
    readonly code: string,
    readonly detail: string,
    /** Everything else the server said. */
    readonly more: Readonly<Record<string, unknown>>,
    /** Seconds after which trying again may help, if the server said so. */
    readonly retryAfterS?: number,
  ) {
    super(`${status} ${code}: ${detail}`)
    this.name = 'Problem'
  }

  /** Every part of the request that is wrong or in the way, with its place. */
  get errors(): readonly { field: string; detail: string }[] {
    const told = this.more['errors']
    if (!Array.isArray(told)) return []
    return told.filter(
      (one): one is { field: string; detail: string } =>
        typeof (one as { field?: unknown } | null)?.field === 'string' && typeof one.detail === 'string',
    )
  }
}

/** No answer came. */
export class Unreachable extends Error {
  constructor() {
    super('server not reachable')
    this.name = 'Unreachable'
  }
}

/** What goes along with a request that no document describes. */
export interface Ask {
  query?: Record<string, string | number | boolean | undefined>
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface HttpOptions {
  base?: string
  token?: () => string | undefined
  fetch?: typeof fetch
  timeoutMs?: number
}

/**
 * Calls the server's REST interface: JSON in, JSON out, problems as exceptions. Paths, parameters, bodies and answers are
 * those of the server's document: what it does not describe does not compile.
 */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions = {}) {
    this.#options = options
  }

  get<P extends PathOf<'get'>>(path: P, ...[ask]: Asked<P, 'get'>): Promise<Answer<P, 'get'>> {
    return this.#json('GET', path, ask)
  }

  post<P extends PathOf<'post'>>(path: P, ...[ask]: Asked<P, 'post'>): Promise<Answer<P, 'post'>> {
    return this.#json('POST', path, ask)
  }

  put<P extends PathOf<'put'>>(path: P, ...[ask]: Asked<P, 'put'>): Promise<Answer<P, 'put'>> {
    return this.#json('PUT', path, ask)
  }

  /** Bytes, such as a page of a paper, as a Blob. */
  async blob<P extends PathOf<'get'>>(path: P, ...[ask]: Asked<P, 'get'>): Promise<Blob> {
    const { path: values, ...rest }: AnyAsk = ask ?? {}
    return (await this.raw('GET', filled(path, values), rest)).blob()
  }

  async #json<T>(method: string, path: string, ask: AnyAsk = {}): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json', ...ask.headers }
    let body: string | undefined
    if (ask.body !== undefined) {
      headers['content-type'] = 'application/json'
      body = JSON.stringify(ask.body)
    }
    const response = await this.raw(method, filled(path, ask.path), { ...ask, headers }, body)
    if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T
    return (await response.json()) as T
  }

  /** The bare exchange; throws `Problem` for every status from 400 on. */
  async raw(method: string, path: string, ask: Ask = {}, body?: BodyInit): Promise<Response> {
    const headers: Record<string, string> = { ...ask.headers }
    const token = this.#options.token?.()
    if (token) headers['authorization'] = `Bearer ${token}`
    const query = new URLSearchParams()
    for (const [key, value] of Object.entries(ask.query ?? {}))
      if (value !== undefined) query.set(key, String(value))
    const search = query.size > 0 ? `?${query}` : ''
    const limit = AbortSignal.timeout(this.#options.timeoutMs ?? 15_000)
    let response: Response
    try {
      response = await (this.#options.fetch ?? fetch)(`${this.#options.base ?? '/api/v1'}${path}${search}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        signal: ask.signal ? either(ask.signal, limit) : limit,
      })
    } catch (error) {
      if (ask.signal?.aborted) throw error
      throw new Unreachable()
    }
    if (response.status >= 400) throw await problemOf(response)
    return response
  }
}

/** The path with its parameters in place. */
function filled(path: string, values: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
}

async function problemOf(response: Response): Promise<Problem> {
  let told: Record<string, unknown> = {}
  try {
    told = (await response.json()) as Record<string, unknown>
  } catch {
    // A proxy's page, not ours: the status must do.
  }
  const type = typeof told['type'] === 'string' ? told['type'] : ''
  const code = typeof told['code'] === 'string' ? told['code'] : (type.split(/[/:#]/).pop() ?? '')
  const detail = typeof told['detail'] === 'string' ? told['detail'] : response.statusText
  const after = Number(response.headers.get('retry-after') ?? NaN)
  const wait = Number.isFinite(after) && after >= 0 ? [after] : []
  return new Problem(response.status, code || String(response.status), detail, told, ...wait)
}

/** `AbortSignal.any`, which Chrome 87 lacks. */
function either(a: AbortSignal, b: AbortSignal): AbortSignal {
  const controller = new AbortController()
  for (const signal of [a, b]) {
    if (signal.aborted) controller.abort(signal.reason)
    else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true })
  }
  return controller.signal
}
