import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Handoff } from '@/core/api'
import type { HandoffId } from '@/core/protocol'
import { useAct } from './act'
import { useHandoffAct } from './queries'
import { useUi } from './ui'

/** To take over or to refuse, with words for what came of it. */
export function useHandoffAnswers() {
  const { t } = useI18n()
  const ui = useUi()
  const { tellFault } = useAct()
  const take = useHandoffAct((station, id: HandoffId) => station.api.takeOver(id))
  const decline = useHandoffAct((station, wanted: { id: HandoffId; reason: string }) =>
    station.api.refuse(wanted.id, wanted.reason),
  )
  const back = useHandoffAct((station, id: HandoffId) => station.api.withdraw(id))

  async function attempt(doing: () => Promise<unknown>, done: string): Promise<boolean> {
    try {
      await doing()
      ui.tell('ok', done)
      return true
    } catch (error) {
      tellFault(error)
      return false
    }
  }

  return {
    busy: computed(() => take.isPending.value || decline.isPending.value || back.isPending.value),
    accept: (one: Pick<Handoff, 'id' | 'case_number'>) =>
      attempt(() => take.mutateAsync(one.id), t('inbox.accepted', { number: one.case_number })),
    refuse: (one: Pick<Handoff, 'id' | 'case_number'>, reason: string) =>
      attempt(
        () => decline.mutateAsync({ id: one.id, reason }),
        t('inbox.refused', { number: one.case_number }),
      ),
    withdraw: (one: { id: HandoffId; case_number: string }) =>
      attempt(() => back.mutateAsync(one.id), t('inbox.withdrawn', { number: one.case_number })),
  }
}
