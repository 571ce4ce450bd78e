/** When a page shows its first picture of a call. All times are in ms since the epoch, by the page's own clock. */
import type { Page } from '@playwright/test'

/** A picture that was put on the screen. */
export interface Shown {
  /** When its last packet had come from the network. */
  received: number
  /** When it was handed to the screen. */
  shown: number
}

interface Watch {
  clicked: number
  pictures: Shown[]
}

declare global {
  interface Window {
    /** Of {@link arm}; nothing of it is in a page that was not armed. */
    __cloudWindowFirstPicture?: Watch
  }
}

/**
 * From now on notes every picture of the video with this test id, whenever it comes into the page, and the moment of the
 * next click on the button with the other one.
 */
export async function arm(page: Page, video: string, button = ''): Promise<void> {
  await page.evaluate(
    ({ video, button }) => {
      const epoch = performance.timeOrigin
      const watch: Watch = { clicked: 0, pictures: [] }
      window.__cloudWindowFirstPicture = watch
      const note = (event: Event) => {
        const on = event.target instanceof Element && event.target.closest(`[data-testid="${button}"]`)
        if (button && on && watch.clicked === 0) watch.clicked = epoch + event.timeStamp
      }
      document.addEventListener('click', note, true)
      const watched = new WeakSet<Element>()
      const look = () => {
        for (const found of document.querySelectorAll(`video[data-testid="${video}"]`)) {
          if (!(found instanceof HTMLVideoElement) || watched.has(found)) continue
          watched.add(found)
          const next: VideoFrameRequestCallback = (_now, { receiveTime, presentationTime }) => {
            // Another watch began: this one is over.
            if (window.__cloudWindowFirstPicture !== watch) return
            if (receiveTime !== undefined)
              watch.pictures.push({ received: epoch + receiveTime, shown: epoch + presentationTime })
            if (watch.pictures.length < 300) found.requestVideoFrameCallback(next)
          }
          found.requestVideoFrameCallback(next)
        }
      }
      const changes = new MutationObserver(() => {
        if (window.__cloudWindowFirstPicture === watch) return look()
        changes.disconnect()
        document.removeEventListener('click', note, true)
      })
      changes.observe(document, { subtree: true, childList: true, attributes: true })
      look()
    },
    { video, button },
  )
}

/** When the button was clicked. */
export async function clicked(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => window.__cloudWindowFirstPicture?.clicked || undefined)
  return (await handle.jsonValue()) ?? 0
}

/** When the first picture stood on the screen of those that came after `since`. */
export async function firstAfter(page: Page, since: number): Promise<number> {
  const handle = await page.waitForFunction(
    (since) => window.__cloudWindowFirstPicture?.pictures.find(({ received }) => received >= since)?.shown,
    since,
  )
  return (await handle.jsonValue()) ?? 0
}
