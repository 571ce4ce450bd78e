import { computed, onScopeDispose, shallowRef } from 'vue'
import { bars, details, lossOut } from '@/core/rtc'
import type { Bars, LinkStats, StreamDetail } from '@/core/rtc'
import { useDesk } from './desk'

export interface Network {
  stats: LinkStats | undefined
  lossOut: number
  streams: StreamDetail[]
  /** Round trip of the live link, while media have none. */
  roundTripMs: number | undefined
}

const EVERY_MS = 2000
/** One reader for all who look: rates are differences between readings. */
const reading = shallowRef<Network>({ stats: undefined, lossOut: 0, streams: [], roundTripMs: undefined })
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** How the network does, read every two seconds while a page looks. */
export function useNetwork() {
  const { station, media, call } = useDesk()

  async function read(): Promise<void> {
    const peer = station.media.peer
    const connected = station.media.state === 'connected'
    const report = connected ? await peer?.getStats().catch(() => undefined) : undefined
    const rows = report ? [...report.values()] : []
    const roundTripMs =
      connected || station.signal.link.kind !== 'open'
        ? undefined
        : await station.roundTrip().catch(() => undefined)
    reading.value = {
      stats: connected ? await station.media.stats() : undefined,
      lossOut: lossOut(rows),
      streams: details(rows),
      roundTripMs,
    }
  }

  watchers += 1
  if (watchers === 1) {
    void read()
    timer = setInterval(() => void read(), EVERY_MS)
  }
  onScopeDispose(() => {
    watchers -= 1
    if (watchers === 0) clearInterval(timer)
  })

  const connected = computed(() => media.value === 'connected')
  /** What leaves here. */
  const mine = computed<Bars>(() => {
    const { stats, lossOut: lost } = reading.value
    return bars(
      stats && { ...stats, lossIn: lost },
      connected.value || reading.value.roundTripMs !== undefined,
    )
  })
  /** What comes from the citizen. */
  const theirs = computed<Bars>(() =>
    bars(reading.value.stats, connected.value && call.value?.terminal.presence.kind !== 'away'),
  )
  const latency = computed(() => reading.value.stats?.rttMs ?? reading.value.roundTripMs)
  return { reading, mine, theirs, latency }
}
