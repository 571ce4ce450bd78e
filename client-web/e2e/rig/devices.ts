/** What became of the camera and the microphone that a page asked for. */
import type { Page } from '@playwright/test'

declare global {
  interface Window {
    __cloudWindowTracks?: MediaStreamTrack[]
  }
}

/** Runs in a page before its own scripts: keeps every track of a device that it opens. */
export function noteDevices(): void {
  const tracks: MediaStreamTrack[] = []
  window.__cloudWindowTracks = tracks
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (!devices) return
  const open = devices.getUserMedia.bind(devices)
  devices.getUserMedia = async (wish) => {
    const stream = await open(wish)
    tracks.push(...stream.getTracks())
    return stream
  }
}

/** Kinds of the devices that this page holds open at this moment: while there are any, the browser shows its red dot. */
export function openDevices(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    (window.__cloudWindowTracks ?? [])
      .flatMap(({ kind, readyState }) => (readyState === 'live' ? [kind] : []))
      .sort(),
  )
}
