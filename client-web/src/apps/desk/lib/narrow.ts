import { onBeforeUnmount, ref } from 'vue'

/** Whether the window is too narrow for three columns: the right one becomes tabs then. */
export function useNarrow() {
  const query = window.matchMedia('(max-width: 1600px)')
  const narrow = ref(query.matches)
  const follow = (event: MediaQueryListEvent) => (narrow.value = event.matches)
  query.addEventListener('change', follow)
  onBeforeUnmount(() => query.removeEventListener('change', follow))
  return narrow
}
