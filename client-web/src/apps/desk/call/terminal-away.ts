import { computed } from 'vue'
import { graceLeft } from '@/core/presence'
import type { CallView } from '@/core/protocol'
import { starved } from '@/core/rtc'
import { useDesk } from '../state/desk'
import { useNetwork } from '../state/network'

/** Whether the citizen's side is there, as the server says, and whether its pictures still come. */
export function useTerminalAway(call: () => CallView) {
  const { now } = useDesk()
  const { reading } = useNetwork()
  const presence = computed(() => call().terminal.presence)
  const quiet = computed(() => presence.value.kind === 'quiet')
  return {
    /** Seconds that are left for the terminal to come back; nothing unless its connection ended. */
    left: computed(() => graceLeft(presence.value, now.value)),
    /** Not heard for a moment; nothing runs out. */
    quiet,
    /** There is nothing to be seen: it is gone, or it is quiet and its pictures ceased too. */
    unseen: computed(() => presence.value.kind === 'away' || (quiet.value && starved(reading.value.stats))),
  }
}
