import { computed } from 'vue'
import { useKiosk } from '../model/kiosk'
import type { Theme } from '../model/visit.types'
import { useWords } from './words'

/** The one button for the size of letters; its label names what the press gives. */
export function useTextSize() {
  const { t } = useWords()
  const { state, send } = useKiosk()
  const theme = computed(() => state.value.context.theme)
  const next = computed<Theme>(() => (theme.value === 'standard' ? 'elder' : 'standard'))
  const label = computed(() => {
    if (next.value === 'elder') return t('size.toElder')
    return theme.value === 'hc' ? t('size.toColour') : t('size.toStandard')
  })
  return { label, change: () => send({ type: 'THEME', theme: next.value }) }
}
