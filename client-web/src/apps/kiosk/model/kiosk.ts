import { computed, inject, shallowRef, watch } from 'vue'
import type { InjectionKey } from 'vue'
import { Prompts, Sounds } from '@/core/audio'
import type { CallView, TerminalView } from '@/core/protocol'
import { WakeLock } from '@/core/wake-lock'
import { useBoot } from './boot'
import { Capture } from './capture'
import type { Taking } from './capture'
import { Farewell } from './farewell'
import { useHand } from './hand'
import { eventOf, reachOf } from './stage'
import { useVisit } from './visit'
import { usePulse, useWire } from './wire'
import type { Wire } from './wire'

/** A first view that has not come by then is not waited for: the devices can be tested meanwhile. */
const FIRST_VIEW_MS = 4000
/** A link that is gone for longer than this is shown as a fault before a ticket. */
export const OFFLINE_AFTER_MS = 3000

/** The call of this moment, with what can be done in it, and what helps in it. */
function useCall(wire: Wire, sounds: Sounds) {
  const { view, ask, signal, line, http } = wire
  const call = computed(() => (view.value?.stage.stage === 'in_call' ? view.value.stage.call : undefined))
  const lastCall = shallowRef<CallView>()
  const taking = shallowRef<Taking>()
  const hand = useHand(ask, () => call.value)
  /** The call that was hung up here, perhaps without a link to say so. */
  let leaving: string | undefined
  const capture = new Capture({
    http,
    // A machine with one camera only: the paper is held in front of it.
    camera: () => {
      const face = line.devices.track('camera')
      return line.document ?? (face ? { track: face } : undefined)
    },
    failed: (id, still) => signal.tell({ type: 'capture_failed', call: id, still }),
    shutter: () => sounds.play('shutter'),
  })
  capture.onChange((told) => (taking.value = told))

  function setMedia(current: CallView, muted: boolean, camera_off: boolean): void {
    signal.tell({ type: 'set_media', call: current.id, muted, camera_off })
  }
  return {
    call,
    lastCall,
    taking,
    hand,
    /** Whoever hung up is seen and heard by nobody from then on. */
    left: (id: string) => leaving === id,
    seen(current: CallView): void {
      lastCall.value = current
      line.setMuted(current.terminal.muted)
      hand.seen(current)
      void capture.see(current)
      if (leaving === current.id) signal.tell({ type: 'hang_up', call: leaving })
    },
    forget(): void {
      lastCall.value = undefined
      leaving = undefined
      hand.forget()
      capture.forget()
    },
    hangUp(): void {
      if (!call.value) return
      leaving = call.value.id
      line.set('warm')
      signal.tell({ type: 'hang_up', call: leaving })
    },
    setMuted(muted: boolean): void {
      line.setMuted(muted)
      if (call.value) setMedia(call.value, muted, call.value.terminal.camera_off)
    },
    /** Tells the clerk whether there is a picture of the citizen. */
    tellCamera(off: boolean): void {
      const current = call.value
      if (current && current.terminal.camera_off !== off) setMedia(current, current.terminal.muted, off)
    },
  }
}

/** Everything that a terminal is, put together once. Pages read its refs and call its acts. */
export function createKiosk() {
  const wire = useWire()
  const { signal, line, view, ask } = wire
  const [sounds, prompts, awake] = [new Sounds(), new Prompts(), new WakeLock()]
  const inCall = useCall(wire, sounds)
  const farewell = new Farewell(ask)

  const visit = useVisit({
    ask,
    erase: async () => {
      line.set('none')
      prompts.stop()
      sounds.ring(false)
      inCall.forget()
      // Whoever comes next has not chosen to go without a picture.
      boot.voiceOnly.value = false
      return farewell.erase(view.value?.stage)
    },
    entered: (page) => {
      void awake.set(page === 'served')
      // The server's word may have come while the farewell was on the screen.
      if (page === 'attract' && view.value) follow(view.value)
    },
  })

  const boot = useBoot({
    http: wire.http,
    door: wire.door,
    start: () => signal.start(),
    arrived: () => firstView(wire),
    configured: (config) => visit.send({ type: 'CONFIGURED', consents: config.consents }),
  })

  function follow(told: TerminalView): void {
    view.value = told
    const { stage } = told
    const gone = stage.stage === 'in_call' && inCall.left(stage.call.id)
    line.set(gone ? 'warm' : reachOf(stage))
    if (stage.stage === 'in_call') inCall.seen(stage.call)
    if (!farewell.knows(stage)) visit.send(eventOf(stage))
  }

  signal.on('news', (news) => {
    if (news.type === 'view') follow(news)
    else if ((news as { type: string }).type === 'media_gone') line.connect(true)
    else inCall.hand.heard(news)
  })
  signal.on('welcome', (welcome) => !welcome.media_alive && line.connect(true))
  signal.on('link', (told) => {
    if (told.kind === 'closed') void boot.linkEnded(told)
  })
  watch(boot.voiceOnly, (on) => line.setVoiceOnly(on))
  void prompts.load()
  void boot.boot()

  const callPerson = (on: boolean) => ask({ type: 'call_person', on })
  return { ...boot, ...wire, ...usePulse(wire), ...visit, ...inCall, callPerson, sounds, prompts }
}

/** Whether a visit is already going on, as the first view tells; no when none comes in time. */
function firstView({ view }: Wire): Promise<boolean> {
  return new Promise((resolve) => {
    const tell = () => {
      stop()
      clearTimeout(timer)
      resolve(view.value !== undefined && view.value.stage.stage !== 'free')
    }
    const timer = setTimeout(tell, FIRST_VIEW_MS)
    const stop = watch(view, tell)
    if (view.value) tell()
  })
}

export type Kiosk = ReturnType<typeof createKiosk>

export const KIOSK: InjectionKey<Kiosk> = Symbol('kiosk')

export function useKiosk(): Kiosk {
  const kiosk = inject(KIOSK)
  if (!kiosk) throw new Error('used outside of the kiosk')
  return kiosk
}
