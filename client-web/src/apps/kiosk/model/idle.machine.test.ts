import { describe, expect, it } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import { COUNTDOWN_MS, idleMachine, PROLONGED_MS, QUIET_MS } from './idle.machine'

function rig() {
  const clock = new SimulatedClock()
  const actor = createActor(idleMachine, { clock }).start()
  return { clock, actor, state: () => actor.getSnapshot().value }
}

describe('is anybody there', () => {
  it('asks after a minute and gives up half a minute later', () => {
    const { clock, actor, state } = rig()
    actor.send({ type: 'WATCH' })
    clock.increment(QUIET_MS - 1)
    expect(state()).toBe('watching')
    clock.increment(1)
    expect(state()).toBe('asking')
    clock.increment(COUNTDOWN_MS)
    expect(state()).toBe('gone')
  })

  it('starts anew with every touch, also during the count-down', () => {
    const { clock, actor, state } = rig()
    actor.send({ type: 'WATCH' })
    clock.increment(QUIET_MS - 1)
    actor.send({ type: 'TOUCH' })
    clock.increment(QUIET_MS)
    expect(state()).toBe('asking')
    actor.send({ type: 'TOUCH' })
    expect(state()).toBe('watching')
  })

  it('never asks while it rests', () => {
    const { clock, actor, state } = rig()
    actor.send({ type: 'WATCH' })
    actor.send({ type: 'REST' })
    clock.increment(10 * QUIET_MS)
    actor.send({ type: 'TOUCH' })
    expect(state()).toBe('resting')
  })

  it('leaves whoever wants to read on alone for five minutes, touched or not, and then asks again', () => {
    const { clock, actor, state } = rig()
    actor.send({ type: 'WATCH' })
    clock.increment(QUIET_MS)
    actor.send({ type: 'PROLONG' })
    clock.increment(PROLONGED_MS / 2)
    actor.send({ type: 'TOUCH' })
    clock.increment(PROLONGED_MS / 2 - 1)
    expect(state()).toBe('prolonged')
    clock.increment(1)
    expect(state()).toBe('asking')
    clock.increment(COUNTDOWN_MS)
    expect(state()).toBe('gone')
  })
})
