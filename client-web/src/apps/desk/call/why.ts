import { useI18n } from 'vue-i18n'
import type { Why } from '../lib/verdict'
import { useFormat } from '../state/format'

/** Why a verdict is closed, in one sentence that names what to do first. */
export function useWhy() {
  const { t } = useI18n()
  const format = useFormat()
  return (why: Why): string => {
    if (why.kind === 'materials') {
      const [first] = why.blocked
      return first ? t(`verdict.blocked.${first.why}`, { material: format.materialName(first.material) }) : ''
    }
    if (why.kind === 'not_owner') return t('verdict.not_owner', { owner: why.owner })
    if (why.kind === 'other_authority') return t('verdict.other_authority', { authority: why.authority })
    return t(`verdict.${why.kind}`)
  }
}
