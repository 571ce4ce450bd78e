import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createActor } from 'xstate'
import { Problem, Unreachable } from '@/core/api'
import type { Me } from '@/core/api'
import { sessionMachine } from './session'
import type { SessionDoors } from './session'

const me: Me = {
  id: 's1',
  name: '陈敏',
  number: '0312',
  roles: ['clerk'],
  skill_groups: ['civil'],
  department: null,
  languages: [],
}

describe('the session', () => {
  const log: string[] = []
  const doors: SessionDoors = {
    recall: () => Promise.resolve(undefined),
    signIn: () => Promise.resolve({ token: 'T', expires_at: 1, me }),
    signOut: () => Promise.resolve(),
    keep: (token) => log.push(`keep ${token}`),
    forget: () => log.push('forget'),
    openLink: () => log.push('open'),
    closeLink: () => log.push('close'),
  }
  beforeEach(() => void (log.length = 0))

  const at = async (other: Partial<SessionDoors> = {}) => {
    const actor = createActor(sessionMachine({ ...doors, ...other })).start()
    await vi.waitUntil(() => actor.getSnapshot().value !== 'starting')
    return actor
  }
  const signIn = async (actor: Awaited<ReturnType<typeof at>>) => {
    actor.send({ type: 'sign_in', login: 'chenmin', password: 'x' })
    await vi.waitUntil(() => actor.getSnapshot().value !== 'signingIn')
    return actor.getSnapshot()
  }

  it('signs in, opens the link, and leaves nothing behind on signing out', async () => {
    const actor = await at()
    const open = await signIn(actor)
    expect([open.value, open.context.me]).toEqual(['open', me])
    actor.send({ type: 'sign_out' })
    await vi.waitUntil(() => actor.getSnapshot().value === 'signedOut')
    expect(log).toEqual(['forget', 'keep T', 'open', 'close', 'forget'])
    expect(actor.getSnapshot().context.me).toBeUndefined()
  })

  it('goes on after a reload with the kept token', async () => {
    const actor = await at({ recall: () => Promise.resolve(me) })
    expect(actor.getSnapshot().value).toBe('open')
    expect(log).toEqual(['open'])
  })

  it.each([
    [new Problem(401, 'wrong_credentials', '', {}), { kind: 'wrong' }],
    [new Problem(429, 'locked', '', {}, 900), { kind: 'locked', seconds: 900 }],
    [new Problem(503, 'unavailable', '', {}, 1), { kind: 'busy' }],
    [new Problem(500, 'internal', '', {}), { kind: 'failed', code: 'internal' }],
    [new Unreachable(), { kind: 'unreachable' }],
  ])('says why not: %s', async (error, fault) => {
    const actor = await at({ signIn: () => Promise.reject(error) })
    const out = await signIn(actor)
    expect([out.value, out.context.fault]).toEqual(['signedOut', fault])
    expect(log).not.toContain('open')
  })

  it('is no place for somebody who is no clerk', async () => {
    const admin: Me = { ...me, roles: ['system_admin'] }
    const actor = await at({ signIn: () => Promise.resolve({ token: 'T', expires_at: 1, me: admin }) })
    expect((await signIn(actor)).context.fault).toEqual({ kind: 'not_clerk' })
    expect(log).not.toContain('keep T')
  })

  it('stands still when somebody goes on elsewhere, and comes back when asked', async () => {
    const actor = await at({ recall: () => Promise.resolve(me) })
    actor.send({ type: 'link_ended', end: 'elsewhere' })
    expect(actor.getSnapshot().value).toBe('elsewhere')
    actor.send({ type: 'resume' })
    expect(actor.getSnapshot().value).toBe('open')
    expect(log).toEqual(['open', 'close', 'open'])
  })

  it('asks to sign in again when the session has ended', async () => {
    const actor = await at({ recall: () => Promise.resolve(me) })
    actor.send({ type: 'link_ended', end: 'ended' })
    expect([actor.getSnapshot().value, actor.getSnapshot().context.fault]).toEqual([
      'signedOut',
      { kind: 'ended' },
    ])
    expect(log).toContain('forget')
  })

  it('keeps the token while the server cannot be reached', async () => {
    const actor = await at({ recall: () => Promise.reject(new Unreachable()) })
    expect(actor.getSnapshot().context.fault).toEqual({ kind: 'unreachable' })
    expect(log).not.toContain('forget')
  })
})
