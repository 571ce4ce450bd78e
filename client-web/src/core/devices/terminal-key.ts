import type { Enrolled, TerminalSession } from '../api'
import type { Http } from '../api'
import { keep } from './store'
import type { Keep } from './store'

/** What this machine is: its number at the server and the key that proves it. The key cannot leave the browser. */
export interface TerminalIdentity {
  terminal: string
  keys: CryptoKeyPair
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const PURPOSE = 'cloud-window.terminal.v1\n'

export const identityStore: Keep<TerminalIdentity> = keep('identity')

/** Redeems a one-time code: makes the key, tells the server its public half, keeps both. */
export async function enrol(
  http: Http,
  code: string,
  store: Keep<TerminalIdentity> = identityStore,
): Promise<Enrolled> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
  const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const { kty, crv, x, y } = jwk
  if (!kty || !crv || !x || !y) throw new Error('a public key without its point')
  const public_key = { kty, crv, x, y }
  const enrolled = await http.post('/terminals/enrol', { body: { code, public_key } })
  await store.write({ terminal: enrolled.terminal, keys })
  return enrolled
}

/** Proves possession of the key and gets a session token. */
export async function openSession(http: Http, identity: TerminalIdentity): Promise<TerminalSession> {
  const { terminal } = identity
  const { challenge } = await http.post('/terminals/challenge', { body: { terminal } })
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    identity.keys.privateKey,
    new TextEncoder().encode(PURPOSE + challenge),
  )
  return http.post('/terminals/session', {
    body: { terminal, challenge, signature: base64url(signature) },
  })
}

/** RFC 4648 §5, without padding. */
export function base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
