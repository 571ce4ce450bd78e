import { onBeforeUnmount, onMounted } from 'vue'

/**
 * The second half of a double press belongs to the page that the first half was meant for: it must not answer the next
 * question unread. Presses that stay on their page, such as two equal digits, are not touched.
 */
export function useDoublePress(place: () => string): void {
  let begunOn = ''
  const press = (event: MouseEvent) => {
    // Counted by the browser: presses in quick succession at the same spot. Keys and scripts count none.
    if (event.detail <= 1) {
      begunOn = place()
    } else if (begunOn !== place()) {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  onMounted(() => window.addEventListener('click', press, { capture: true }))
  onBeforeUnmount(() => window.removeEventListener('click', press, { capture: true }))
}
