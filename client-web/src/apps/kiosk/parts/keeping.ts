import { computed, ref, watch } from 'vue'
import { useKiosk } from '../model/kiosk'

/**
 * How long the server keeps a place while this terminal cannot be heard. The page counts from the moment at which it
 * noticed, the server from the one at which it did: so only whole minutes are told, and nothing is promised once they are over.
 */
export function useKeeping() {
  const { link, now, config } = useKiosk()
  const graceMs = computed(() => (config.value?.terminal_grace_s ?? 0) * 1000)
  const lostAt = ref<number>()
  watch(
    () => link.value.kind === 'open',
    (open) => (lostAt.value = open ? undefined : Date.now()),
    { immediate: true },
  )
  return {
    lost: computed(() => lostAt.value !== undefined),
    /** For how many minutes in all. */
    minutes: computed(() => Math.ceil(graceMs.value / 60_000)),
    /** Lost for so long that the place may be gone. */
    over: computed(() => lostAt.value !== undefined && now.value - lostAt.value > graceMs.value),
  }
}
