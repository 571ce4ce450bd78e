import { computed, ref, shallowRef, watch } from 'vue'
import { createActor } from 'xstate'
import { newKey } from '@/core/keys'
import type { TerminalMessage } from '@/core/protocol'
import { Refused } from '@/core/signal'
import { missingOf } from './checklist'
import { COUNTDOWN_MS, QUIET_MS, idleMachine } from './idle.machine'
import { END_PAGES, IDLE_PAGES, READING_PAGES } from './stage'
import { visitMachine } from './visit.machine'
import type { Visit, VisitEvent } from './visit.types'

/** What the visit's pages need from outside. */
interface Outside {
  ask: (message: TerminalMessage) => Promise<unknown>
  /** Erases everything; tells whether nothing is left. */
  erase: () => Promise<boolean>
  /** Called with every page that is entered. */
  entered: (page: string) => void
}

/** The visit's own machines, running: which page, what was said, and whether anybody is still there. */
export function useVisit({ ask, erase, entered }: Outside) {
  const visit = createActor(visitMachine(newKey))
  const idle = createActor(idleMachine)
  const state = shallowRef(visit.getSnapshot())
  const asking = ref(false)
  /** When it was asked whether anybody is there. */
  const askedAt = ref(0)
  const touchedAt = ref(Date.now())
  const page = computed(() => {
    const { value } = state.value
    return typeof value === 'string' ? value : String(Object.values(value)[0])
  })
  const send = (event: VisitEvent) => visit.send(event)

  visit.subscribe((snapshot) => (state.value = snapshot))
  idle.subscribe(({ value }) => {
    if (value === 'asking' && !asking.value) askedAt.value = Date.now()
    asking.value = value === 'asking' && !END_PAGES.has(page.value)
    if (value === 'gone' || (value === 'asking' && END_PAGES.has(page.value))) send({ type: 'WIPE' })
  })

  /** Somebody is there. */
  function touched(): void {
    touchedAt.value = Date.now()
    // Whoever answers over a paper is reading it. The touch alone says so: it takes the question away before its button hears.
    idle.send({ type: asking.value && READING_PAGES.has(page.value) ? 'PROLONG' : 'TOUCH' })
  }

  async function take(): Promise<void> {
    try {
      await ask(ticketOf(state.value.context))
    } catch (error) {
      send({ type: 'REFUSED', fault: error instanceof Refused ? error.code : 'offline' })
    }
  }

  async function wipe(): Promise<void> {
    const clean = await erase().catch(() => false)
    send({ type: clean ? 'ERASED' : 'NOT_ERASED' })
  }

  watch(page, (name) => {
    if (name === 'taking') void take()
    if (name === 'wiping') void wipe()
    idle.send({ type: IDLE_PAGES.has(name) || END_PAGES.has(name) ? 'WATCH' : 'REST' })
    touched()
    entered(name)
  })

  visit.start()
  idle.start()
  return {
    state,
    page,
    send,
    asking,
    touched,
    touchedAt,
    askedAt,
    idleMs: { quiet: QUIET_MS, countdown: COUNTDOWN_MS },
  }
}

/** The request for a ticket; its key stays while the same press is tried again. */
function ticketOf(visit: Visit): TerminalMessage {
  const { item, scenario, locale, spoken, idNumber, key, consents } = visit
  return {
    type: 'take_ticket',
    key: key ?? newKey(),
    ...(item ? { item: item.code } : {}),
    ...(scenario ? { scenario } : {}),
    locale,
    spoken,
    ...(idNumber ? { id_number: idNumber } : {}),
    missing: missingOf(visit),
    consents: [...consents],
  }
}
