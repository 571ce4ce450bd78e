import { createActor } from 'xstate'
import { DeskApi, Http, Problem } from '@/core/api'
import { Sounds } from '@/core/audio'
import { Emitter } from '@/core/events'
import type {
  CaseBrief,
  ClerkMessage,
  ClerkView,
  HandoffBrief,
  QueueView,
  SiteCode,
  ToClerk,
  WaitingRow,
  Words,
} from '@/core/protocol'
import { LocalDevices, Media, choiceOf } from '@/core/rtc'
import type { DeviceChoice } from '@/core/rtc'
import { LinkLost, Signal, SignInNeeded, socketUrl } from '@/core/signal'
import type { LinkState } from '@/core/signal'
import { testHooks } from '@/core/test-hooks'
import { OwnMediaControl } from './own-media'
import { sessionMachine } from './session'
import type { LinkEnd } from './session'

export interface Queues {
  queues: QueueView[]
  waiting: WaitingRow[]
}

export interface HelpCall {
  site: SiteCode
  siteName: string
  on: boolean
}

export interface StationEvents {
  link: LinkState
  view: ClerkView
  queues: Queues
  caseChanged: CaseBrief
  handoffChanged: HandoffBrief
  helpCall: HelpCall
  said: Words
  choice: DeviceChoice
  /** Everything may have changed meanwhile: what was read before must be read again. */
  caughtUp: undefined
}

const TOKEN = 'cloud-window-desk-token'
const CHOICE = 'cloud-window-desk-devices'
/** A slot that no call uses: saying that it is hidden changes nothing and proves that the link lives. */
const PROBE: ClerkMessage = { type: 'slot_size', slot: 5, height: 0 }
const MEDIA_AGAIN_MS = 3000

/**
 * The desk without its pages: who sits here, the link, the media, the devices and the sounds, and how they follow the
 * server's view. Pages show what it says and call its methods; it knows nothing of them.
 */
export class Station {
  readonly http = new Http({ token: () => this.#token })
  readonly api = new DeskApi(this.http)
  readonly devices = new LocalDevices()
  readonly sounds = new Sounds()
  readonly signal: Signal<ClerkMessage, ToClerk>
  readonly media: Media
  readonly own: OwnMediaControl
  readonly session
  readonly #events = new Emitter<StationEvents>()
  #token: string | undefined = sessionStorage.getItem(TOKEN) ?? undefined
  #choice: DeviceChoice = {
    ...choiceOf(localStorage.getItem(CHOICE)),
    ...(testHooks?.processing === undefined ? {} : { processing: testHooks.processing }),
  }
  #view: ClerkView | undefined
  /** The device check is open: devices and media are on although nobody is on duty. */
  #checking = false
  #sent: { from: MediaStreamTrack; track: MediaStreamTrack } | undefined
  #heard = false
  #ringing = false
  #mediaTimer: ReturnType<typeof setTimeout> | undefined
  #wake: WakeLockSentinel | undefined

  constructor() {
    this.signal = new Signal<ClerkMessage, ToClerk>({
      url: socketUrl(location),
      client: 'desk 0.1.0',
      pass: () => this.#pass(),
      probe: () => PROBE,
    })
    this.media = new Media({
      offer: (sdp, restart) => this.#offer(sdp, restart),
      slotSize: (slot, height) => this.signal.tell({ type: 'slot_size', slot, height }),
    })
    if (testHooks) testHooks.media = this.media
    this.own = new OwnMediaControl({
      send: (call, muted, off) => this.request({ type: 'set_media', call, muted, camera_off: off }),
      tracks: (microphone, camera) => this.#openTracks(microphone, camera),
    })
    this.session = createActor(
      sessionMachine({
        recall: () => this.#recall(),
        signIn: (login, password) => this.api.signIn(login, password),
        signOut: () => this.api.signOut(),
        keep: (token) => this.#keep(token),
        forget: () => this.#forget(),
        openLink: () => this.signal.start(),
        closeLink: () => this.#closeLink(),
      }),
    )
    this.signal.on('link', (link) => this.#onLink(link))
    this.signal.on('news', (news) => this.#onNews(news))
    this.signal.on('welcome', (welcome) => {
      this.#events.emit('caughtUp', undefined)
      if (this.#mediaWanted()) void this.#connectMedia(!welcome.media_alive)
    })
    this.devices.onChange(() => this.#followDevices())
    document.addEventListener('visibilitychange', () => void this.#stayAwake())
    this.#applySounds()
  }

  start(): void {
    this.session.start()
  }

  on<K extends keyof StationEvents>(name: K, listener: (value: StationEvents[K]) => void): () => void {
    return this.#events.on(name, listener)
  }

  get view(): ClerkView | undefined {
    return this.#view
  }

  get choice(): DeviceChoice {
    return this.#choice
  }

  /** The server's time, in milliseconds. */
  now(): number {
    return this.signal.now()
  }

  async request(message: ClerkMessage): Promise<void> {
    await this.signal.request(message)
  }

  /** Milliseconds there and back over the live link. */
  async roundTrip(): Promise<number> {
    const from = performance.now()
    await this.request(PROBE)
    return performance.now() - from
  }

  choose(change: Partial<DeviceChoice>): void {
    const before = this.#choice
    this.#choice = { ...before, ...change }
    localStorage.setItem(CHOICE, JSON.stringify(this.#choice))
    this.#applySounds()
    this.#events.emit('choice', this.#choice)
    const { camera, microphone, voiceOnly, processing } = this.#choice
    if (!this.#devicesWanted()) return
    if (voiceOnly) this.devices.close('camera')
    else if (camera !== before.camera || before.voiceOnly) void this.devices.open('camera', camera)
    if (microphone !== before.microphone || processing !== before.processing) {
      void this.devices.open('microphone', microphone, processing)
    }
  }

  /** Opens devices and warms the media up, for the device check. */
  check(on: boolean): void {
    this.#checking = on
    this.#followDuty()
  }

  /** Opens what is not open, such as after a permission was given. */
  async openDevices(): Promise<void> {
    const { camera, microphone, voiceOnly, processing } = this.#choice
    const open: Promise<void>[] = []
    if (!voiceOnly && !this.devices.track('camera')) open.push(this.devices.open('camera', camera))
    if (!this.devices.track('microphone')) open.push(this.devices.open('microphone', microphone, processing))
    await Promise.all(open)
  }

  #keep(token: string): void {
    this.#token = token
    sessionStorage.setItem(TOKEN, token)
  }

  #forget(): void {
    this.#token = undefined
    sessionStorage.removeItem(TOKEN)
  }

  async #recall() {
    if (!this.#token) return undefined
    try {
      return await this.api.me()
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return undefined
      throw error
    }
  }

  async #pass(): Promise<string> {
    try {
      return await this.api.socketPass()
    } catch (error) {
      if (error instanceof Problem && error.status === 401) throw new SignInNeeded()
      throw error
    }
  }

  async #offer(sdp: string, restart: boolean): Promise<string> {
    const told = await this.signal.request({ type: 'media_offer', sdp, restart })
    const { type, sdp: answer } = told as { type: string; sdp?: string }
    if (type !== 'media_answer' || answer === undefined) throw new LinkLost()
    return answer
  }

  #onLink(link: LinkState): void {
    this.#events.emit('link', link)
    if (link.kind !== 'closed' || link.reason === 'bye') return
    const ends: Partial<Record<typeof link.reason, LinkEnd>> = {
      replaced: 'elsewhere',
      incompatible: 'outdated',
    }
    this.session.send({ type: 'link_ended', end: ends[link.reason] ?? 'ended' })
  }

  #onNews(news: ToClerk): void {
    if (news.type === 'view') this.#see(news)
    else if (news.type === 'queues')
      this.#events.emit('queues', { queues: news.queues, waiting: news.waiting })
    else if (news.type === 'case_changed') this.#events.emit('caseChanged', news.case)
    else if (news.type === 'handoff_changed') this.#events.emit('handoffChanged', news.handoff)
    else if (news.type === 'said') this.#events.emit('said', news)
    else if (news.type === 'person_called')
      this.#events.emit('helpCall', { site: news.site, siteName: news.site_name, on: news.on })
    else if (news.type === 'media_gone' && this.#mediaWanted()) void this.#connectMedia(true)
  }

  #see(view: ClerkView): void {
    this.#view = view
    const { status } = view
    this.own.see(status.status === 'in_call' ? status.call : undefined)
    this.#ring(status.status === 'ringing')
    void this.media.setAllLayers(status.status === 'ringing' || status.status === 'in_call')
    this.#events.emit('view', view)
    this.#followDuty()
  }

  #devicesWanted(): boolean {
    return this.#checking || (this.#view !== undefined && this.#view.status.status !== 'off_duty')
  }

  #mediaWanted(): boolean {
    return this.#devicesWanted()
  }

  /** Devices and media are on exactly while somebody is on duty or checks them. */
  #followDuty(): void {
    if (this.#devicesWanted()) {
      void this.openDevices()
      if (this.media.state === 'idle' && this.signal.link.kind === 'open') void this.#connectMedia(false)
    } else {
      clearTimeout(this.#mediaTimer)
      this.media.close()
      this.devices.close('camera')
      this.devices.close('microphone')
    }
    void this.#stayAwake()
  }

  async #connectMedia(anew: boolean): Promise<void> {
    clearTimeout(this.#mediaTimer)
    try {
      await this.media.connect(anew)
    } catch {
      // A refusal passes or a lost link comes back: then the next welcome connects.
      this.#mediaTimer = setTimeout(() => {
        if (this.#mediaWanted() && this.signal.link.kind === 'open' && this.media.state !== 'connected')
          void this.#connectMedia(true)
      }, MEDIA_AGAIN_MS)
    }
  }

  /** What is sent is a copy of the microphone, so that mute silences it while the level meter goes on. */
  #followDevices(): void {
    const microphone = this.devices.track('microphone')
    if (this.#sent?.from !== microphone) {
      this.#sent?.track.stop()
      this.#sent = microphone ? { from: microphone, track: microphone.clone() } : undefined
      if (this.#sent) this.#sent.track.enabled = this.#heard
      void this.media.setTrack('mic', this.#sent?.track ?? null)
    }
    const camera = this.devices.track('camera')
    if (camera === this.media.track('camera')) return
    if (camera) camera.enabled = !this.own.state.cameraOff
    void this.media.setTrack('camera', camera)
  }

  #openTracks(microphone: boolean, camera: boolean): void {
    this.#heard = microphone
    if (this.#sent) this.#sent.track.enabled = microphone
    const track = this.devices.track('camera')
    if (track) track.enabled = camera
  }

  /** Many views come during one ring: it must not begin again with each. */
  #ring(on: boolean): void {
    if (on !== this.#ringing) this.sounds.ring(on)
    this.#ringing = on
  }

  #applySounds(): void {
    this.sounds.volume = this.#choice.ringVolume
    this.sounds.setOutput(this.#choice.ring)
  }

  #closeLink(): void {
    this.signal.stop()
    this.#ring(false)
    this.#view = undefined
    this.#checking = false
    this.own.see(undefined)
    this.#followDuty()
  }

  /** The screen of somebody on duty does not go dark (Screen Wake Lock). */
  async #stayAwake(): Promise<void> {
    const wanted = this.#devicesWanted() && document.visibilityState === 'visible'
    if (!wanted) {
      await this.#wake?.release().catch(() => undefined)
      this.#wake = undefined
    } else if (!this.#wake || this.#wake.released) {
      const locks = navigator.wakeLock as WakeLock | undefined
      this.#wake = await locks?.request('screen').catch(() => undefined)
    }
  }
}
