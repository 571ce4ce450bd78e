import { computed, inject, shallowRef } from 'vue'
import type { ComputedRef, InjectionKey, ShallowRef } from 'vue'
import type { Me } from '@/core/api'
import { faded, withMark } from '@/core/assist'
import type { Marks } from '@/core/assist'
import type { CallView, ClerkStatus, ClerkView, Mark, Surface, Words } from '@/core/protocol'
import type { DeviceChoice, MediaState } from '@/core/rtc'
import type { LinkState } from '@/core/signal'
import type { OwnMedia } from '../station/own-media'
import type { SignInFault } from '../station/session'
import type { HelpCall, Queues, Station } from '../station/station'

export type SessionState =
  'starting' | 'signedOut' | 'signingIn' | 'open' | 'signingOut' | 'elsewhere' | 'outdated'

/** What pages show of the station, as snapshots that are replaced whole. */
export interface Desk {
  station: Station
  session: ShallowRef<SessionState>
  me: ShallowRef<Me | undefined>
  fault: ShallowRef<SignInFault | undefined>
  link: ShallowRef<LinkState>
  /** When the link was lost, by this machine's clock; nothing while it holds. */
  lostAt: ShallowRef<number | undefined>
  view: ShallowRef<ClerkView | undefined>
  status: ComputedRef<ClerkStatus | undefined>
  call: ComputedRef<CallView | undefined>
  queues: ShallowRef<Queues>
  helpCalls: ShallowRef<readonly HelpCall[]>
  words: ShallowRef<readonly Words[]>
  marks: ShallowRef<Marks>
  media: ShallowRef<MediaState>
  own: ShallowRef<OwnMedia>
  choice: ShallowRef<DeviceChoice>
  /** Camera and microphone: replaced whenever one of them changes. */
  devices: ShallowRef<DeviceView>
  /** The server's time in milliseconds, four times a second. */
  now: ShallowRef<number>
  /** Points or frames on the terminal, and shows the same here. */
  mark: (surface: Surface, mark: Mark) => void
}

export interface DeviceView {
  camera: MediaStream | null
  microphone: MediaStreamTrack | null
  cameraFault: string | undefined
  microphoneFault: string | undefined
}

export const DESK: InjectionKey<Desk> = Symbol('desk')

export function useDesk(): Desk {
  const desk = inject(DESK)
  if (!desk) throw new Error('no desk was provided')
  return desk
}

/** Follows the station for as long as the page lives. */
export function makeDesk(station: Station): Desk {
  const view = shallowRef<ClerkView>()
  const status = computed(() => view.value?.status)
  const call = computed(() => (status.value?.status === 'in_call' ? status.value.call : undefined))
  const marks = shallowRef<Marks>({})
  const desk: Desk = {
    station,
    session: shallowRef<SessionState>('starting'),
    me: shallowRef<Me>(),
    fault: shallowRef<SignInFault>(),
    link: shallowRef<LinkState>(station.signal.link),
    lostAt: shallowRef<number>(),
    view,
    status,
    call,
    queues: shallowRef<Queues>({ queues: [], waiting: [] }),
    helpCalls: shallowRef<readonly HelpCall[]>([]),
    words: shallowRef<readonly Words[]>([]),
    marks,
    media: shallowRef(station.media.state),
    own: shallowRef(station.own.state),
    choice: shallowRef(station.choice),
    devices: shallowRef(devicesOf(station)),
    now: shallowRef(station.now()),
    mark: (surface, mark) => {
      const running = call.value
      if (!running) return
      station.signal.tell({ type: 'mark', call: running.id, surface, mark })
      marks.value = withMark(marks.value, surface, mark, Date.now())
    },
  }
  follow(desk, station)
  return desk
}

function follow(desk: Desk, station: Station): void {
  station.session.subscribe((snapshot) => {
    desk.session.value = snapshot.value as SessionState
    desk.me.value = snapshot.context.me
    desk.fault.value = snapshot.context.fault
    if (snapshot.value !== 'open') clear(desk)
  })
  station.on('link', (link) => {
    desk.link.value = link
    if (link.kind === 'open') desk.lostAt.value = undefined
    else if (link.kind === 'waiting') desk.lostAt.value ??= Date.now()
  })
  station.on('view', (view) => {
    const before = desk.call.value?.id
    desk.view.value = view
    const now = desk.call.value
    if (now?.id !== before) {
      desk.words.value = []
      desk.marks.value = {}
    } else if (now && !now.assist.granted.includes('point')) desk.marks.value = {}
  })
  station.on('queues', (queues) => (desk.queues.value = queues))
  station.on('said', (words) => (desk.words.value = [...desk.words.value, words].slice(-200)))
  station.on('choice', (choice) => (desk.choice.value = choice))
  station.on('helpCall', (help) => {
    const others = desk.helpCalls.value.filter((one) => one.site !== help.site)
    desk.helpCalls.value = help.on ? [help, ...others] : others
  })
  station.media.on('state', (state) => (desk.media.value = state))
  station.own.onChange((own) => (desk.own.value = own))
  station.devices.onChange(() => (desk.devices.value = devicesOf(station)))
  setInterval(() => {
    desk.now.value = station.now()
    desk.marks.value = faded(desk.marks.value, Date.now())
  }, 250)
}

/** Nothing of one session is seen by the next. */
function clear(desk: Desk): void {
  desk.view.value = undefined
  desk.queues.value = { queues: [], waiting: [] }
  desk.helpCalls.value = []
  desk.words.value = []
  desk.marks.value = {}
  desk.lostAt.value = undefined
}

function devicesOf(station: Station): DeviceView {
  const { devices } = station
  const camera = devices.track('camera')
  return {
    camera: camera && new MediaStream([camera]),
    microphone: devices.track('microphone'),
    cameraFault: devices.fault('camera'),
    microphoneFault: devices.fault('microphone'),
  }
}
