import { computed, inject, ref, shallowRef, watch } from 'vue'
import type { InjectionKey } from 'vue'
import { createActor } from 'xstate'
import { Http } from '@/core/api'
import { Prompts, Sounds } from '@/core/audio'
import { newKey } from '@/core/keys'
import type { CallView, TerminalMessage, TerminalNews, TerminalView } from '@/core/protocol'
import { Media, bars } from '@/core/rtc'
import type { Bars, MediaState } from '@/core/rtc'
import { Refused, Signal, socketUrl } from '@/core/signal'
import type { LinkState } from '@/core/signal'
import { testHooks } from '@/core/test-hooks'
import { residue, wipeStorage } from '@/core/wipe'
import { useBoot } from './boot'
import { Capture } from './capture'
import type { Taking } from './capture'
import { missingOf } from './checklist'
import { Door } from './door'
import { useHand } from './hand'
import { COUNTDOWN_MS, QUIET_MS, idleMachine } from './idle.machine'
import { Line } from './line'
import { END_PAGES, IDLE_PAGES, endedCall, eventOf, reachOf } from './stage'
import { visitMachine } from './visit.machine'
import type { VisitEvent } from './visit.types'

const CLIENT = 'kiosk 0.1.0'
/** A first view that has not come by then is not waited for: the devices can be tested meanwhile. */
const FIRST_VIEW_MS = 4000
/** A link that is gone for longer than this is shown as a fault before a ticket. */
export const OFFLINE_AFTER_MS = 3000

/** Everything that a terminal is, put together once. Pages read its refs and call its acts. */
export function createKiosk() {
  const http: Http = new Http({ token: () => door.token() })
  const door: Door = new Door(http)
  const signal = new Signal<TerminalMessage, TerminalNews>({
    url: socketUrl(location),
    client: CLIENT,
    pass: () => door.pass(),
    probe: () => ({ type: 'call_person', on: view.value?.person_called ?? false }),
  })
  const ask = (message: TerminalMessage) => signal.request(message)
  const media = new Media({
    offer: async (sdp, restart) => {
      const told = await ask({ type: 'media_offer', sdp, restart })
      if (!('sdp' in told) || typeof told.sdp !== 'string') throw new Error('no answer to the offer')
      return told.sdp
    },
    slotSize: (slot, height) => signal.tell({ type: 'slot_size', slot, height }),
  })
  if (testHooks) testHooks.media = media

  const view = shallowRef<TerminalView>()
  const link = shallowRef<LinkState>(signal.link)
  const mediaState = ref<MediaState>('idle')
  const quality = ref<Bars>(4)
  const now = ref(Date.now())
  const lastCall = shallowRef<CallView>()
  const taking = shallowRef<Taking>()
  const lineChanges = ref(0)
  /** The visit's end was decided while no link was there: the server is told when it is back. */
  let owed: string | undefined
  let leaving: string | undefined

  const sounds = new Sounds()
  const prompts = new Prompts()
  const line = new Line(media)
  const call = computed(() => (view.value?.stage.stage === 'in_call' ? view.value.stage.call : undefined))
  const hand = useHand(ask, () => call.value)
  const capture = new Capture({
    http,
    // A machine with one camera only: the paper is held in front of it.
    camera: () => line.document ?? faceAsDocument(),
    failed: (id, still) => signal.tell({ type: 'capture_failed', call: id, still }),
    shutter: () => sounds.play('shutter'),
  })

  const visit = createActor(visitMachine(newKey))
  const idle = createActor(idleMachine)
  const state = shallowRef(visit.getSnapshot())
  const asking = ref(false)
  const touchedAt = ref(Date.now())
  const page = computed(() => {
    const value = state.value.value
    return typeof value === 'string' ? value : String(Object.values(value)[0])
  })
  const send = (event: VisitEvent) => visit.send(event)

  let firstView: (() => void) | undefined
  const boot = useBoot({
    http,
    door,
    start: () => signal.start(),
    arrived: () =>
      new Promise((resolve) => {
        const tell = () => resolve(view.value !== undefined && view.value.stage.stage !== 'free')
        if (view.value) return tell()
        firstView = tell
        setTimeout(tell, FIRST_VIEW_MS)
      }),
    configured: (config) => send({ type: 'CONFIGURED', consents: config.consents }),
  })

  function faceAsDocument() {
    const track = line.devices.track('camera')
    return track ? { track } : undefined
  }

  function follow(news: TerminalView): void {
    view.value = news
    const { stage } = news
    // Whoever hung up without a link is seen and heard by nobody from then on.
    line.set(stage.stage === 'in_call' && stage.call.id === leaving ? 'warm' : reachOf(stage))
    if (stage.stage === 'in_call') {
      lastCall.value = stage.call
      line.setMuted(stage.call.terminal.muted)
      hand.seen(stage.call)
      void capture.see(stage.call)
      if (leaving === stage.call.id) signal.tell({ type: 'hang_up', call: leaving })
    }
    if (owed !== undefined && owed === endedCall(stage)) signal.tell({ type: 'wiped' })
    else send(eventOf(stage))
    firstView?.()
  }

  signal.on('news', (news) => {
    if (news.type === 'view') follow(news)
    else if ((news as { type: string }).type === 'media_gone') line.connect(true)
    else hand.heard(news)
  })
  signal.on('welcome', (welcome) => !welcome.media_alive && line.connect(true))
  signal.on('link', (told) => {
    link.value = told
    if (told.kind === 'closed') void boot.linkEnded(told)
  })
  media.on('state', (told) => (mediaState.value = told))
  line.onChange(() => (lineChanges.value += 1))
  capture.onChange((told) => (taking.value = told))
  visit.subscribe((snapshot) => (state.value = snapshot))
  idle.subscribe(({ value }) => {
    asking.value = value === 'asking'
    if (value === 'gone' || (value === 'asking' && END_PAGES.has(page.value))) send({ type: 'WIPE' })
  })

  async function takeTicket(): Promise<void> {
    const { context } = state.value
    const { item, scenario, locale, spoken, idNumber, key, consents } = context
    try {
      await ask({
        type: 'take_ticket',
        key: key ?? newKey(),
        ...(item ? { item: item.code } : {}),
        ...(scenario ? { scenario } : {}),
        locale,
        spoken,
        ...(idNumber ? { id_number: idNumber } : {}),
        missing: missingOf(context),
        consents: [...consents],
      })
    } catch (error) {
      send({ type: 'REFUSED', fault: error instanceof Refused ? error.code : 'offline' })
    }
  }

  async function wipe(): Promise<void> {
    line.set('none')
    prompts.stop()
    sounds.ring(false)
    hand.forget()
    capture.forget()
    lastCall.value = undefined
    leaving = undefined
    owed = endedCall(view.value?.stage)
    const told = owed === undefined ? undefined : ask({ type: 'wiped' }).then(() => (owed = undefined))
    await told?.catch(() => undefined)
    try {
      await wipeStorage()
      send({ type: (await residue()).length === 0 ? 'ERASED' : 'NOT_ERASED' })
    } catch {
      send({ type: 'NOT_ERASED' })
    }
  }

  watch(page, (name) => {
    if (name === 'taking') void takeTicket()
    if (name === 'wiping') void wipe()
    // The server's word may have come while the farewell was on the screen.
    if (name === 'attract' && view.value) follow(view.value)
    idle.send({ type: IDLE_PAGES.has(name) || END_PAGES.has(name) ? 'WATCH' : 'REST' })
    idle.send({ type: 'TOUCH' })
    touchedAt.value = Date.now()
  })

  /** Somebody is there. */
  function touched(): void {
    touchedAt.value = Date.now()
    idle.send({ type: 'TOUCH' })
  }

  setInterval(() => {
    now.value = Date.now()
    if (line.reach === 'open')
      void media.stats().then((s) => (quality.value = bars(s, mediaState.value === 'connected')))
  }, 1000)

  const acts = {
    touched,
    callPerson: (on: boolean) => ask({ type: 'call_person', on }),
    /** Ends the call, at once on this side; the server hears it now or when it is back. */
    hangUp(): void {
      const id = call.value?.id
      if (!id) return
      leaving = id
      line.set('warm')
      signal.tell({ type: 'hang_up', call: id })
    },
    setMuted(muted: boolean): void {
      const current = call.value
      if (!current) return
      line.setMuted(muted)
      signal.tell({ type: 'set_media', call: current.id, muted, camera_off: current.terminal.camera_off })
    },
    /** Tells the clerk whether there is a picture of the citizen. */
    tellCamera(off: boolean): void {
      const current = call.value
      if (current && current.terminal.camera_off !== off)
        signal.tell({ type: 'set_media', call: current.id, muted: current.terminal.muted, camera_off: off })
    },
  }

  watch(boot.voiceOnly, (on) => line.setVoiceOnly(on))
  void prompts.load()
  visit.start()
  idle.start()
  void boot.boot()

  return {
    ...boot,
    ...acts,
    http,
    signal,
    ask,
    media,
    line,
    lineChanges,
    sounds,
    prompts,
    hand,
    taking,
    view,
    link,
    mediaState,
    quality,
    now,
    call,
    lastCall,
    state,
    page,
    send,
    asking,
    touchedAt,
    idleMs: { quiet: QUIET_MS, countdown: COUNTDOWN_MS },
  }
}

export type Kiosk = ReturnType<typeof createKiosk>

export const KIOSK: InjectionKey<Kiosk> = Symbol('kiosk')

export function useKiosk(): Kiosk {
  const kiosk = inject(KIOSK)
  if (!kiosk) throw new Error('used outside of the kiosk')
  return kiosk
}
