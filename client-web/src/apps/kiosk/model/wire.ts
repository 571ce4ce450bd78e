import { ref, shallowRef } from 'vue'
import { Http } from '@/core/api'
import type { TerminalMessage, TerminalNews, TerminalView } from '@/core/protocol'
import { Media, bars, starved as isStarved } from '@/core/rtc'
import type { Bars, MediaState } from '@/core/rtc'
import { Signal, socketUrl } from '@/core/signal'
import type { LinkState } from '@/core/signal'
import { testHooks } from '@/core/test-hooks'
import { Door } from './door'
import { Line } from './line'

const CLIENT = 'kiosk 0.1.0'
/** In a call, each second without a link has this chance of another attempt: soon, but not all terminals at once. */
const HURRY_CHANCE = 0.5

/** Everything that reaches the server: REST, the socket and the media connection, with what pages show of them. */
export function useWire() {
  const http: Http = new Http({ token: () => door.token() })
  const door: Door = new Door(http)
  const view = shallowRef<TerminalView>()
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
  const line = new Line(media)

  const link = shallowRef<LinkState>(signal.link)
  const mediaState = ref<MediaState>('idle')
  const lineChanges = ref(0)
  signal.on('link', (told) => (link.value = told))
  media.on('state', (told) => (mediaState.value = told))
  line.onChange(() => (lineChanges.value += 1))
  return { http, door, signal, ask, media, line, view, link, mediaState, lineChanges }
}

export type Wire = ReturnType<typeof useWire>

/** Once a second: the time, how good the network is, and in a call an earlier attempt than usual to get the link back. */
export function usePulse({ media, line, link, signal, mediaState }: Wire) {
  const now = ref(Date.now())
  const quality = ref<Bars>(4)
  /** Nothing arrives, whatever the connection says. */
  const starved = ref(false)
  setInterval(() => {
    now.value = Date.now()
    if (line.reach !== 'open') return
    if (link.value.kind === 'waiting' && Math.random() < HURRY_CHANCE) signal.hurry()
    void media.stats().then((stats) => {
      quality.value = bars(stats, mediaState.value === 'connected')
      starved.value = isStarved(stats)
    })
  }, 1000)
  return { now, quality, starved }
}
