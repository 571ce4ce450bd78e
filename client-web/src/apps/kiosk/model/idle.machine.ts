import { setup } from 'xstate'

/** Without a touch for this long it is asked whether anybody is there. */
export const QUIET_MS = 60_000
/** And then, unanswered for this long, the visit is wiped. */
export const COUNTDOWN_MS = 30_000

/** Whoever says so goes on reading for this long before being asked again. */
export const PROLONGED_MS = 300_000

export type IdleEvent = { type: 'WATCH' } | { type: 'REST' } | { type: 'TOUCH' } | { type: 'PROLONG' }

/** Whether anybody is still there. Rests while waiting and in a call. */
export const idleMachine = setup({
  types: { events: {} as IdleEvent },
  delays: { QUIET_MS, COUNTDOWN_MS, PROLONGED_MS },
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
      on: { REST: 'resting', TOUCH: 'watching', PROLONG: 'prolonged' },
      after: { COUNTDOWN_MS: 'gone' },
    },
    // A touch is nothing new here: it cannot make the time shorter that was asked for.
    prolonged: { on: { REST: 'resting', WATCH: 'watching' }, after: { PROLONGED_MS: 'asking' } },
    gone: { on: { REST: 'resting', WATCH: 'watching' } },
  },
})
