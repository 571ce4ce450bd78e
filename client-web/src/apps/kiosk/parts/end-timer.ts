import { computed } from 'vue'
import { useKiosk } from '../model/kiosk'

/** How long an end page stays without a touch; the idle machine ends it, this only says how long is left. */
export function useEndTimer() {
  const { now, touchedAt, idleMs } = useKiosk()
  const left = computed(() => {
    const ms = Math.min(idleMs.quiet, touchedAt.value + idleMs.quiet - now.value)
    return Math.max(0, Math.ceil(ms / 1000))
  })
  return { left }
}
