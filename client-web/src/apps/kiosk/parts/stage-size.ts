import { onBeforeUnmount, onMounted, ref } from 'vue'

/** The stage as it is designed, in pixels. */
export const WIDTH = 1080
export const HEIGHT = 1920

/** How the stage fits a window: a taller screen makes it taller, a wider one leaves room beside it. */
export function fit(width: number, height: number): { scale: number; height: number } {
  const scale = Math.min(width / WIDTH, height / HEIGHT)
  return { scale, height: Math.max(HEIGHT, Math.floor(height / scale)) }
}

/** The stage's style, kept up with the window. */
export function useStageSize() {
  const size = ref(fit(window.innerWidth, window.innerHeight))
  const follow = () => {
    size.value = fit(window.innerWidth, window.innerHeight)
    document.documentElement.style.setProperty('--stage-scale', String(size.value.scale))
  }
  onMounted(() => {
    follow()
    window.addEventListener('resize', follow)
  })
  onBeforeUnmount(() => window.removeEventListener('resize', follow))
  return size
}
