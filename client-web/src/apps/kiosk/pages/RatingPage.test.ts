import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { computed, nextTick, ref } from 'vue'
import type { TerminalMessage, TerminalStage } from '@/core/protocol'
import { catalogues } from '@/i18n/kiosk'
import { makeI18n } from '@/i18n/setup'
import { KIOSK } from '../model/kiosk'
import type { Kiosk } from '../model/kiosk'
import RatingPage from './RatingPage.vue'

const left = ref(60)
vi.mock('../parts/end-timer', () => ({ useEndTimer: () => ({ left }) }))

const STAGE = { stage: 'ended', call: 'call-1' } as unknown as Extract<TerminalStage, { stage: 'ended' }>

function rig() {
  const page = ref<'rating' | 'why' | 'wiping'>('rating')
  const told: TerminalMessage[] = []
  const state = { linked: true }
  const kiosk = {
    page: computed(() => page.value),
    catalogue: ref(undefined),
    lastCall: ref(undefined),
    send: (event: { type: string; score?: number }) => {
      if (event.type === 'RATE') page.value = (event.score ?? 0) >= 4 ? 'why' : 'wiping'
      if (event.type === 'NEXT' || event.type === 'WIPE') page.value = 'wiping'
    },
    ask: async (message: TerminalMessage) => {
      if (!state.linked) throw new Error('no link')
      told.push(message)
    },
  } as unknown as Kiosk
  const wrapper = mount(RatingPage, {
    props: { stage: STAGE },
    global: {
      plugins: [makeI18n(catalogues)],
      provide: { [KIOSK as symbol]: kiosk },
      stubs: { KioskFrame: { template: '<div><slot /></div>' } },
    },
  })
  const press = (id: string) => wrapper.get(`[data-testid="${id}"]`).trigger('click')
  /** The clock of the page goes on to `seconds` before the end. */
  const reach = async (seconds: number) => {
    left.value = seconds
    await nextTick()
    await nextTick()
  }
  return { told, state, press, reach }
}

describe('the rating', () => {
  beforeEach(() => (left.value = 60))

  it('is told at once when it is good, and needs no reason', async () => {
    const { told, press, reach } = rig()
    await press('rate-2')
    await reach(0)
    expect(told).toEqual([{ type: 'rate', call: 'call-1', score: 2 }])
  })

  it('goes with its reason in one piece when it is low, and not again at the end', async () => {
    const { told, press, reach } = rig()
    await press('rate-5')
    expect(told).toEqual([])
    await press('why-manner')
    for (const seconds of [2, 1, 0]) await reach(seconds)
    expect(told).toEqual([{ type: 'rate', call: 'call-1', score: 5, reason: 'manner' }])
  })

  it('is told once, without a reason, when whoever gave it walks away', async () => {
    const { told, press, reach } = rig()
    await press('rate-4')
    await reach(3)
    expect(told).toEqual([])
    for (const seconds of [2, 1, 0]) await reach(seconds)
    expect(told).toEqual([{ type: 'rate', call: 'call-1', score: 4 }])
  })

  it('is tried again until the end when it does not get through', async () => {
    const { told, state, press, reach } = rig()
    await press('rate-4')
    state.linked = false
    await reach(2)
    state.linked = true
    await reach(1)
    expect(told).toHaveLength(1)
  })

  it('is never made up for whoever gave none', async () => {
    const { told, reach } = rig()
    for (const seconds of [2, 1, 0]) await reach(seconds)
    expect(told).toEqual([])
  })
})
