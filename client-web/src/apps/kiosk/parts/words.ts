import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Named } from '@/core/api'
import type { CallView, ItemCode, MaterialCode, SkillGroupCode, TicketView } from '@/core/protocol'
import { nameIn } from '@/i18n/setup'
import { materialNamed, splitName } from '../model/checklist'
import { useKiosk } from '../model/kiosk'

/** Names of things in the visit's language. */
export function useWords() {
  const { t, locale } = useI18n()
  const { catalogue } = useKiosk()

  const named = (thing: Named) => nameIn(locale.value, thing)
  const item = (code: ItemCode | undefined) => {
    const found = catalogue.value?.items.find((i) => i.code === code)
    return found ? named(found) : (code ?? '')
  }
  const group = (code: SkillGroupCode) => {
    const found = catalogue.value?.skill_groups.find((g) => g.code === code)
    return found ? named(found) : code
  }
  const material = (code: MaterialCode) => splitName(named(materialNamed(catalogue.value, code)))
  const ticket = (view: TicketView) => (view.item ? item(view.item) : t('wait.ask'))
  /** A surname and what people call a clerk is the name alone. */
  const clerk = (call: CallView | undefined) => call?.clerk_name ?? t('text.clerk')

  return { t, locale: computed(() => locale.value), named, item, group, material, ticket, clerk }
}
