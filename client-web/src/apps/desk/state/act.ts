import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ClerkMessage } from '@/core/protocol'
import { faultText } from '../lib/faults'
import { useDesk } from './desk'
import { useUi } from './ui'

/** Does something that may be refused: busy meanwhile, never twice at once, and a refusal is told in words. */
export function useAct() {
  const { station } = useDesk()
  const ui = useUi()
  const { t } = useI18n()
  const busy = ref(false)

  async function act(doing: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await doing()
      return true
    } catch (error) {
      tellFault(error)
      return false
    } finally {
      busy.value = false
    }
  }

  function tellFault(error: unknown): void {
    const said = faultText(error)
    ui.tell('bad', t(said.key, said.named))
  }

  return { busy, act, say: (message: ClerkMessage) => act(() => station.request(message)), tellFault }
}
