import { computed, ref, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { Marks } from '@/core/assist'
import type { CallView, PaperBrief, PaperId } from '@/core/protocol'

export type Mode = 'video' | 'form' | 'paper'

/** The paper that a call shows, if its case has it. */
export function paperOf(call: CallView): PaperBrief | undefined {
  return call.case?.papers.find((p) => p.id === call.showing)
}

/** Which surface the clerk's hand moved to, between two states of the marks. */
export function movedTo(before: Marks, after: Marks): Mode | undefined {
  const changed = (surface: 'form' | 'document_camera' | 'page') => {
    const [old, now] = [before[surface], after[surface]]
    return (
      now !== undefined &&
      (now.pointer?.seenAt !== old?.pointer?.seenAt
        ? now.pointer !== undefined
        : now.frames.length > (old?.frames.length ?? 0))
    )
  }
  if (changed('form')) return 'form'
  // The clerk's sketch of the page shows the faces and the picture of the document camera.
  return changed('document_camera') || changed('page') ? 'video' : undefined
}

/**
 * What a call's page shows: faces and papers, the form, or one paper to read. It follows the clerk's hand, so that
 * nobody points at something that is not there; the citizen may always look elsewhere.
 */
export function useCallLayout(call: () => CallView, marks: ShallowRef<Marks>) {
  const form = ref(false)
  const away = ref<PaperId>()
  const shown = computed(() => paperOf(call()))
  const paper = computed(() => (shown.value && shown.value.id !== away.value ? shown.value : undefined))
  const mode = computed<Mode>(() => (paper.value ? 'paper' : form.value ? 'form' : 'video'))

  watch(
    () => call().showing,
    () => (away.value = undefined),
  )
  // A form that is being filled by the other hand is shown.
  watch(
    () => call().assist.granted.includes('fill'),
    (fill) => fill && (form.value = true),
    { immediate: true },
  )
  watch(
    () => call().capture?.still,
    (still) => still && (form.value = false),
  )
  watch(marks, (after, before) => {
    const to = movedTo(before, after)
    if (to) form.value = to === 'form'
  })

  return {
    mode,
    paper,
    showForm: (on: boolean) => (form.value = on),
    putPaperAway: () => (away.value = shown.value?.id),
  }
}
