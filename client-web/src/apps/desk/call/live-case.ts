import { computed } from 'vue'
import type { Case } from '@/core/api'
import type { CallView, CaseBrief } from '@/core/protocol'
import { verdicts } from '../lib/verdict'
import { useDesk } from '../state/desk'
import { useFormat } from '../state/format'
import { useCase } from '../state/queries'

/** The newer of what the view says and what the last act answered: the next act must be based on it. */
export function newest(brief: CaseBrief | undefined, read: Case | undefined): CaseBrief | undefined {
  if (!brief || !read || read.id !== brief.id) return brief
  return read.version >= brief.version ? read : brief
}

/** The case of a call, with everything that decides which verdicts are open. */
export function useLiveCase(call: () => CallView) {
  const { me } = useDesk()
  const format = useFormat()
  const read = useCase(() => call().case?.id)
  const brief = computed(() => newest(call().case, read.data.value))
  const elsewhere = computed(() => {
    const told = read.data.value?.intake?.competent_elsewhere
    const referTo = format.scenarioOf(brief.value?.scenario)?.refer_to
    return referTo ? format.nameOf(referTo) : told
  })
  const open = computed(() => verdicts(brief.value, me.value?.id ?? '', elsewhere.value))
  const mine = computed(() => brief.value !== undefined && brief.value.owner === me.value?.id)
  return { read, detail: computed(() => read.data.value), brief, elsewhere, open, mine }
}
