import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Me } from '@/core/api'
import type { HandoffBrief } from '@/core/protocol'
import { useDesk } from './desk'
import { useUi } from './ui'

export type HandoffNews = 'offered' | 'accepted' | 'refused' | 'expired'

/** What news of a handoff means to this person; nothing when it is their own act or none of their business. */
export function handoffNews(
  handoff: HandoffBrief,
  me: Pick<Me, 'id' | 'department'>,
): HandoffNews | undefined {
  const { from, state, to } = handoff
  if (from === me.id) return state === 'offered' || state === 'withdrawn' ? undefined : state
  const forMe = to.kind === 'clerk' ? to.staff === me.id : to.department === me.department
  return forMe && state === 'offered' ? 'offered' : undefined
}

/** Says what became of handoffs, wherever one is. */
export function useNewsNotices(): void {
  const { station, me } = useDesk()
  const ui = useUi()
  const { t } = useI18n()
  const stop = station.on('handoffChanged', (handoff) => {
    const news = me.value && handoffNews(handoff, me.value)
    if (!news) return
    const named = { name: handoff.from_name, number: handoff.case_number }
    ui.tell(
      news === 'accepted' ? 'ok' : news === 'offered' ? 'info' : 'warn',
      t(`handoff.news.${news}`, named),
    )
  })
  onScopeDispose(stop)
}
