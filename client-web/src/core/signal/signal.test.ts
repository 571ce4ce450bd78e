import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LinkLost, Refused, Signal, SignInNeeded } from '.'
import type { SocketLike } from '.'

type Ask = { type: string; n?: number }
type News = { type: string }

class FakeSocket implements SocketLike {
  sent: { id: number; body: Record<string, unknown> }[] = []
  closedWith: number | undefined
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  onerror: SocketLike['onerror'] = null
  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close(code?: number) {
    this.closedWith = code
  }
  open() {
    this.onopen?.(new Event('open'))
  }
  say(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent)
  }
  end(code: number) {
    this.onclose?.({ code } as CloseEvent)
  }
  welcome(more = {}) {
    const hello = this.sent[0]
    if (!hello) throw new Error('no hello')
    this.say({
      re: hello.id,
      body: {
        type: 'welcome',
        protocol: 1,
        resume: `resume-${hello.id}`,
        resumed: false,
        server_time: 5_000_000,
        ping_every_ms: 10_000,
        media_alive: false,
        ...more,
      },
    })
  }
}

/** A link with its sockets in hand and time standing still. */
function rig(more: { pass?: () => Promise<string>; probe?: () => Ask } = {}) {
  const sockets: FakeSocket[] = []
  let passes = 0
  const signal = new Signal<Ask, News>({
    url: 'ws://host/ws',
    client: 'test 1',
    pass: () => Promise.resolve(`pass-${++passes}`),
    random: () => 1,
    open: (url, protocol) => {
      const socket = new FakeSocket(url, protocol)
      sockets.push(socket)
      return socket
    },
    ...more,
  })
  const last = () => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('no socket')
    return socket
  }
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const opened = async () => {
    signal.start()
    await settle()
    last().open()
    last().welcome()
    await settle()
    return last()
  }
  return { signal, sockets, last, settle, opened }
}

describe('Signal', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
  afterEach(() => void vi.useRealTimers())

  it('greets with a fresh pass under the subprotocol and is open after the welcome', async () => {
    const { signal, opened } = rig()
    const socket = await opened()
    expect(socket.protocol).toBe('cloud-window.v1')
    expect(socket.sent).toEqual([
      { id: 1, body: { type: 'hello', protocol: 1, pass: 'pass-1', client: 'test 1' } },
    ])
    expect(signal.link).toEqual({ kind: 'open' })
    expect(signal.now()).toBe(5_000)
  })

  it('settles each request with its own answer, in whatever order answers come', async () => {
    const { signal, opened } = rig()
    const socket = await opened()
    const first = signal.request({ type: 'a' })
    const second = signal.request({ type: 'b' })
    second.catch(() => undefined)
    const [a, b] = socket.sent.slice(1)
    socket.say({ re: b?.id, body: { type: 'error', code: 'stale', detail: 'moved on' } })
    socket.say({ re: a?.id, body: { type: 'done' } })
    await expect(first).resolves.toEqual({ type: 'done' })
    await expect(second).rejects.toEqual(new Refused('stale', 'moved on'))
  })

  it('passes news on and never takes them for answers', async () => {
    const { signal, opened } = rig()
    const socket = await opened()
    const news: News[] = []
    signal.on('news', (n) => news.push(n))
    socket.say({ body: { type: 'view' } })
    socket.say('no frame at all')
    socket.onmessage?.({ data: '{no json' } as MessageEvent)
    expect(news).toEqual([{ type: 'view' }])
  })

  it('comes back after a lost link with a new pass and the resume token, and rejects what was open', async () => {
    const { signal, opened, last, settle, sockets } = rig()
    const socket = await opened()
    const open = signal.request({ type: 'a' })
    open.catch(() => undefined)
    socket.end(1006)
    await expect(open).rejects.toBeInstanceOf(LinkLost)
    expect(signal.link).toEqual({ kind: 'waiting', attempt: 1, reason: 'lost' })
    await vi.advanceTimersByTimeAsync(400)
    expect(sockets).toHaveLength(2)
    last().open()
    expect(last().sent[0]?.body).toMatchObject({ pass: 'pass-2', resume: 'resume-1' })
    last().welcome()
    await settle()
    expect(signal.link.kind).toBe('open')
  })

  it('waits longer from attempt to attempt, at most ten seconds', async () => {
    const { signal, opened, last } = rig()
    ;(await opened()).end(1006)
    const waits: number[] = []
    for (let n = 0; n < 8; n++) {
      const before = Date.now()
      await vi.advanceTimersToNextTimerAsync()
      waits.push(Date.now() - before)
      expect(signal.link.kind).toBe('connecting')
      last().end(1006)
    }
    expect(waits).toEqual([400, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
  })

  it.each([
    [4000, 'incompatible'],
    [4002, 'replaced'],
    [4003, 'revoked'],
  ])('does not come back after %i %s', async (code, reason) => {
    const { signal, opened, sockets } = rig()
    ;(await opened()).end(code)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(signal.link).toEqual({ kind: 'closed', reason })
    expect(sockets).toHaveLength(1)
  })

  it('takes one refused pass for bad luck and two for the end of the sign-in', async () => {
    const { signal, opened, last } = rig()
    ;(await opened()).end(4001)
    await vi.advanceTimersByTimeAsync(1000)
    last().open()
    last().end(4001)
    expect(signal.link).toEqual({ kind: 'closed', reason: 'unauthenticated' })
  })

  it('says that signing in is needed when no pass can be had', async () => {
    const { signal, settle } = rig({ pass: () => Promise.reject(new SignInNeeded()) })
    signal.start()
    await settle()
    expect(signal.link).toEqual({ kind: 'closed', reason: 'signed_out' })
  })

  it('notices a dead link by a probe that nobody answers', async () => {
    const { signal, opened } = rig({ probe: () => ({ type: 'probe' }) })
    const socket = await opened()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(socket.sent.at(-1)?.body).toEqual({ type: 'probe' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(signal.link.kind).toBe('waiting')
    expect(socket.closedWith).toBe(4999)
  })

  it('refuses requests at once while there is no link', async () => {
    const { signal } = rig()
    await expect(signal.request({ type: 'a' })).rejects.toBeInstanceOf(LinkLost)
  })
})
