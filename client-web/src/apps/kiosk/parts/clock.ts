import { computed } from 'vue'
import { ownOffsetMinutes, wallClock } from '@/core/wall-clock'
import { useKiosk } from '../model/kiosk'

/** The time by the window's own clock, kept by the server: a terminal's may be wrong. */
export function useClock() {
  const { config, now, signal } = useKiosk()
  /** A moment in milliseconds. */
  const wall = (atMs: number) => wallClock(atMs, config.value?.utc_offset_minutes ?? ownOffsetMinutes())
  const today = computed(() => {
    // Once a second.
    void now.value
    return wall(signal.now())
  })
  return { today, wall }
}
