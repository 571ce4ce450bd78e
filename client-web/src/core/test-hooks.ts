import type { Media } from './rtc'

/**
 * What a browser test may put on `window.__cloudWindowTest` before a page loads. Looked at once; on a machine in
 * service nothing is there and nothing here does anything.
 */
export interface TestHooks {
  /** Stands in for the document camera: a browser offers only one fake camera. */
  documentCamera?: HTMLCanvasElement
  /** Echo cancellation and kin; off to read tones back. */
  processing?: boolean
  /** Filled in by the page, for a look at the connection. */
  media?: Media
}

declare global {
  interface Window {
    __cloudWindowTest?: TestHooks
  }
}

export const testHooks: TestHooks | undefined =
  typeof window === 'undefined' ? undefined : window.__cloudWindowTest
