import { setup } from 'xstate'

/** Without a touch for this long it is asked whether anybody is there. */
export const QUIET_MS = 60_000
/** And then, unanswered for this long, the visit is wiped. */
export const COUNTDOWN_MS = 30_000

export type IdleEvent = { type: 'WATCH' } | { type: 'REST' } | { type: 'TOUCH' }

/** Whether anybody is still there. Rests while waiting and in a call. */
export const idleMachine = setup({
  types: { events: {} as IdleEvent },
  delays: { QUIET_MS, COUNTDOWN_MS },
}).createMachine({
  id: 'idle',
  initial: 'resting',
  states: {
    resting: { on: { WATCH: 'watching' } },
    watching: {
      on: { REST: 'resting', TOUCH: { target: 'watching', reenter: true } },
      after: { QUIET_MS: 'asking' },
    },
    asking: {
      on: { REST: 'resting', TOUCH: 'watching' },
      after: { COUNTDOWN_MS: 'gone' },
    },
    gone: { on: { REST: 'resting', WATCH: 'watching' } },
  },
})
