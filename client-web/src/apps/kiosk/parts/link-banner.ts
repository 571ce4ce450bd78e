import { computed, onBeforeUnmount, ref, watch } from 'vue'
import { useKiosk } from '../model/kiosk'

/** How long "connected again" stays. */
const BACK_MS = 2000

/** What the reconnecting bar of a call says: nothing, broken, or just back. */
export function useLinkBanner() {
  const { link, mediaState, starved } = useKiosk()
  const linked = computed(() => link.value.kind === 'open')
  /** Once connected, anything else is a loss; before that it is only the beginning. */
  const met = ref(mediaState.value === 'connected')
  /** The browser notices a dead path only after seconds; with the link gone too, a still picture is enough to tell. */
  const pictured = computed(
    () => !met.value || (mediaState.value === 'connected' && (linked.value || !starved.value)),
  )
  const broken = computed(() => !linked.value || !pictured.value)
  const returned = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(mediaState, (state) => state === 'connected' && (met.value = true))
  watch(broken, (now) => {
    clearTimeout(timer)
    returned.value = !now
    if (!now) timer = setTimeout(() => (returned.value = false), BACK_MS)
  })
  onBeforeUnmount(() => clearTimeout(timer))
  const attempt = computed(() => ('attempt' in link.value ? Math.max(1, link.value.attempt) : 1))
  return { broken, pictured, returned, attempt }
}
