import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { CallId, CaseId, MaterialCode } from '@/core/protocol'

export interface Notice {
  id: number
  tone: 'ok' | 'warn' | 'bad' | 'info'
  text: string
}

const NOTICE_MS = 6000

/** Small state of the pages: what is open, what is being written. Nothing of it is a record. */
export const useUi = defineStore('ui', () => {
  const handoffOf = ref<CaseId>()
  const cheatSheet = ref(false)
  const settings = ref(false)
  const statsPanel = ref(false)
  const declining = ref(false)
  /** The wrap-up was put aside to look at a case. */
  const wrapUpAside = ref(false)
  const material = ref<MaterialCode>()
  /** The internal note of a call, written before wrap-up asks for it. */
  const note = ref<{ call: CallId; text: string }>({ call: '', text: '' })
  const notices = ref<Notice[]>([])
  let next = 1

  function tell(tone: Notice['tone'], text: string): void {
    const id = next++
    notices.value = [...notices.value.filter((one) => one.text !== text), { id, tone, text }].slice(-4)
    setTimeout(() => dismiss(id), NOTICE_MS)
  }

  function dismiss(id: number): void {
    notices.value = notices.value.filter((one) => one.id !== id)
  }

  /** Nothing stays open for the next person at this desk. */
  function closeAll(): void {
    handoffOf.value = undefined
    cheatSheet.value = settings.value = statsPanel.value = declining.value = wrapUpAside.value = false
    material.value = undefined
    note.value = { call: '', text: '' }
    notices.value = []
  }

  function noteOf(call: CallId): string {
    return note.value.call === call ? note.value.text : ''
  }

  function writeNote(call: CallId, text: string): void {
    note.value = { call, text: [...text].slice(0, 500).join('') }
  }

  return {
    handoffOf,
    cheatSheet,
    settings,
    statsPanel,
    declining,
    wrapUpAside,
    material,
    notices,
    tell,
    dismiss,
    closeAll,
    noteOf,
    writeNote,
  }
})
