import { describe, expect, it } from 'vitest'
import type { Http } from '../api'
import { base64url, enrol, openSession } from './terminal-key'
import type { TerminalIdentity } from './terminal-key'

/** A server that remembers what it was told. */
function rig() {
  const asked: Record<string, Record<string, unknown>> = {}
  const http = {
    post: async (path: string, { body }: { body: Record<string, unknown> }) => {
      asked[path] = body
      if (path === '/terminals/enrol') return { terminal: 'T1', site: { code: 'S10' } }
      if (path === '/terminals/challenge') return { challenge: 'abc' }
      return { token: 'token', expires_at: 1 }
    },
  } as unknown as Http
  let kept: TerminalIdentity | undefined
  const store = {
    read: async () => kept,
    write: async (value: TerminalIdentity) => void (kept = value),
  }
  return { asked, http, store, kept: () => kept }
}

describe('terminal key', () => {
  it('enrols with a public key only, and keeps one that cannot be exported', async () => {
    const { asked, http, store, kept } = rig()
    await enrol(http, 'ABCD2345', store)
    const jwk = asked['/terminals/enrol']?.['public_key'] as JsonWebKey
    expect(jwk).toMatchObject({ kty: 'EC', crv: 'P-256' })
    expect(Object.keys(jwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(kept()?.terminal).toBe('T1')
    expect(kept()?.keys.privateKey.extractable).toBe(false)
  })

  it('signs the challenge with its purpose, so that it is good for nothing else', async () => {
    const { asked, http, store, kept } = rig()
    await enrol(http, 'ABCD2345', store)
    const identity = kept()
    if (!identity) throw new Error('nothing kept')
    await openSession(http, identity)
    const { signature, challenge } = asked['/terminals/session'] as { signature: string; challenge: string }
    expect(challenge).toBe('abc')
    const bytes = Uint8Array.from(atob(signature.replace(/-/g, '+').replace(/_/g, '/')), (c) =>
      c.charCodeAt(0),
    )
    expect(bytes).toHaveLength(64)
    const good = await crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      identity.keys.publicKey,
      bytes,
      new TextEncoder().encode('cloud-window.terminal.v1\nabc'),
    )
    expect(good).toBe(true)
  })

  it('writes base64url', () => expect(base64url(new Uint8Array([251, 255, 254]).buffer)).toBe('-__-'))
})
