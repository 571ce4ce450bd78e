import { describe, expect, it } from 'vitest'
import { Http } from '@/core/api'
import type { TerminalIdentity } from '@/core/devices'
import { SignInNeeded } from '@/core/signal'
import { Door } from './door'

/** A server whose sessions can end and whose keys can be revoked. */
async function rig() {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const state = { good: '', sessions: 0, revoked: false }
  const answer = (status: number, body: unknown) => Response.json(body, { status })
  const http: Http = new Http({
    token: () => door.token(),
    fetch: (async (url: string, init: RequestInit) => {
      if (url.endsWith('/challenge')) return answer(200, { challenge: 'c' })
      if (url.endsWith('/session')) {
        if (state.revoked) return answer(401, { code: 'unauthenticated' })
        state.good = `token-${++state.sessions}`
        return answer(200, { token: state.good, expires_at: 0 })
      }
      const told = new Headers(init.headers).get('authorization')
      return told === `Bearer ${state.good}` ? answer(200, { pass: `for ${state.good}` }) : answer(401, {})
    }) as typeof fetch,
  })
  const identity: TerminalIdentity = { terminal: 'T', keys }
  const door: Door = new Door(http, {
    read: async () => identity,
    write: async () => undefined,
  })
  await door.known()
  return { door, state }
}

describe('the terminal’s door', () => {
  it('opens one session for many passes', async () => {
    const { door, state } = await rig()
    expect(await door.pass()).toBe('for token-1')
    expect(await door.pass()).toBe('for token-1')
    expect(state.sessions).toBe(1)
  })

  it('opens a new session when the old one has ended', async () => {
    const { door, state } = await rig()
    await door.pass()
    state.good = 'ended'
    expect(await door.pass()).toBe('for token-2')
  })

  it('needs enrolling again when the key is revoked', async () => {
    const { door, state } = await rig()
    await door.pass()
    state.good = 'ended'
    state.revoked = true
    await expect(door.pass()).rejects.toBeInstanceOf(SignInNeeded)
  })
})
