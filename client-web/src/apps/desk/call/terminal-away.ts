import { computed, ref, watch } from 'vue'
import type { CallView } from '@/core/protocol'
import { useDesk } from '../state/desk'

/** How long the server waits for a terminal that is away (the usual policy). */
export const TERMINAL_GRACE_S = 120

/** Seconds that are left for the terminal to come back; nothing while it is there. */
export function useTerminalAway(call: () => CallView) {
  const { now } = useDesk()
  const since = ref<number>()
  watch(
    () => call().terminal.away,
    (away) => (since.value = away ? now.value : undefined),
    { immediate: true },
  )
  return computed(() =>
    since.value === undefined
      ? undefined
      : Math.max(0, Math.ceil(TERMINAL_GRACE_S - (now.value - since.value) / 1000)),
  )
}
