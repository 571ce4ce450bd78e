import { ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { LONGEST, pinyinTable } from '@/core/pinyin'
import type { Candidate, PinyinTable } from '@/core/pinyin'
import type { Locale } from '@/core/protocol'
import { useKiosk } from '../model/kiosk'

/** What the letter keys write: Chinese by pinyin, the letters themselves, or digits and signs. */
export type Writing = 'pinyin' | 'letters' | 'signs'

/**
 * The state of a keyboard: what its keys write, and the pinyin letters of which no character is chosen yet. `words` is
 * false for a field that takes no words.
 */
export function useWriting(words: boolean, write: (text: string) => void) {
  const { locale, messages } = useI18n()
  const { catalogue } = useKiosk()
  const writing = ref<Writing>(locale.value === 'en' ? 'letters' : 'pinyin')
  const typed = ref('')
  const table = shallowRef<PinyinTable>()
  /** The characters could not be fetched: only letters can be written. */
  const failed = ref(false)

  async function load(): Promise<void> {
    if (!words || writing.value !== 'pinyin' || table.value) return
    const script = locale.value === 'en' ? 'zh-CN' : (locale.value as Locale)
    // The words of these pages are what people write about here.
    const familiar = JSON.stringify([messages.value[script], catalogue.value])
    try {
      table.value = await pinyinTable(script, familiar)
      failed.value = false
    } catch {
      failed.value = true
      writing.value = 'letters'
    }
  }
  watch(writing, load, { immediate: true })

  /** Letters of which nobody chose a character are written as they are, rather than lost. */
  function settle(): void {
    if (typed.value !== '') write(typed.value)
    typed.value = ''
  }
  function pick(candidate: Candidate): void {
    write(candidate.text)
    typed.value = typed.value.slice(candidate.letters)
  }

  return {
    writing,
    typed,
    table,
    failed,
    settle,
    pick,
    /** A key was pressed: one letter more to choose by, or something written. */
    press(key: string): void {
      if (writing.value === 'pinyin' && /^[a-z]$/i.test(key)) {
        if (typed.value.length < LONGEST) typed.value += key.toLowerCase()
        return
      }
      const first = key === ' ' && typed.value !== '' ? table.value?.candidates(typed.value)[0] : undefined
      if (first) {
        pick(first)
        return
      }
      settle()
      write(key)
    },
    /** Takes the last letter back; whether there was one. */
    erase(): boolean {
      if (typed.value === '') return false
      typed.value = typed.value.slice(0, -1)
      return true
    },
    change(to: Writing): void {
      settle()
      writing.value = to
    },
  }
}
