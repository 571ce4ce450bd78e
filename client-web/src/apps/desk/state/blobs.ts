import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'

/**
 * A picture that only comes with the session's token, as an address for `<img>`. It is let go with the component, so
 * that nobody's papers stay in memory.
 */
export function useBlobUrl(
  key: () => string | undefined,
  read: (key: string) => Promise<Blob>,
): { url: Ref<string | undefined>; failed: Ref<boolean> } {
  const url = shallowRef<string>()
  const failed = shallowRef(false)
  let turn = 0

  const drop = () => {
    if (url.value !== undefined) URL.revokeObjectURL(url.value)
    url.value = undefined
  }
  watch(
    key,
    async (wanted) => {
      const mine = ++turn
      drop()
      failed.value = false
      if (wanted === undefined) return
      try {
        const blob = await read(wanted)
        if (mine === turn) url.value = URL.createObjectURL(blob)
      } catch {
        if (mine === turn) failed.value = true
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    turn += 1
    drop()
  })
  return { url, failed }
}
