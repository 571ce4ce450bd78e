import { computed, ref, watch } from 'vue'
import type { CallView } from '@/core/protocol'
import { useDesk } from '../state/desk'
import { useConfig } from '../state/queries'

/** Seconds that are left for the terminal to come back; nothing while it is there. */
export function useTerminalAway(call: () => CallView) {
  const { now } = useDesk()
  const config = useConfig()
  const since = ref<number>()
  watch(
    () => call().terminal.away,
    (away) => (since.value = away ? now.value : undefined),
    { immediate: true },
  )
  return computed(() =>
    since.value === undefined
      ? undefined
      : Math.max(0, Math.ceil((config.data.value?.terminal_grace_s ?? 0) - (now.value - since.value) / 1000)),
  )
}
