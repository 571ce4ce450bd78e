import { beforeEach, describe, expect, it } from 'vitest'
import type { TerminalStage } from '@/core/protocol'
import { LinkLost } from '@/core/signal'
import { Farewell } from './farewell'

const ended = { stage: 'ended', call: 'call-1' } as unknown as TerminalStage
const other = { stage: 'ended', call: 'call-2' } as unknown as TerminalStage

function rig() {
  const state = { linked: true, told: 0 }
  const farewell = new Farewell(async () => {
    if (!state.linked) throw new LinkLost()
    state.told += 1
  })
  return { farewell, state }
}

describe('the end of a visit', () => {
  beforeEach(() => {
    localStorage.clear()
    sessionStorage.clear()
    // happy-dom has no IndexedDB; on a terminal only the device key is in it.
    Object.assign(globalThis, { indexedDB: { databases: async () => [], deleteDatabase: () => undefined } })
  })

  it('is told to the server, once', async () => {
    const { farewell, state } = rig()
    sessionStorage.setItem('left', 'over')
    expect(await farewell.erase(ended)).toBe(true)
    expect(sessionStorage.length).toBe(0)
    expect(state.told).toBe(1)
    expect(farewell.knows(ended)).toBe(false)
  })

  it('is told later when there was no link, and the visit is not shown again meanwhile', async () => {
    const { farewell, state } = rig()
    state.linked = false
    expect(await farewell.erase(ended)).toBe(true)
    expect(farewell.knows(ended)).toBe(true)
    state.linked = true
    expect(farewell.knows(ended)).toBe(true)
    await Promise.resolve()
    expect(state.told).toBe(1)
    expect(farewell.knows(other)).toBe(false)
  })

  it('is nobody’s business without a call', async () => {
    const { farewell, state } = rig()
    expect(await farewell.erase({ stage: 'free' })).toBe(true)
    expect(state.told).toBe(0)
  })
})
