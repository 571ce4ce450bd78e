/** The rig proves others right or wrong, so first it is held against itself: a camera and a microphone without a server. */
import { expect, test } from '@playwright/test'
import { TONES } from '../rig/media'
import { DESK, People } from '../rig/people'
import { flow, loudness, watch } from '../rig/reading'

test('the fake camera shows who and which frame, the fake microphone its two tones', async ({}, info) => {
  const people = new People(info)
  try {
    const { page } = await people.sit(3, DESK)
    await page.route('http://localhost:9/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<video autoplay muted></video>' }),
    )
    await page.goto('http://localhost:9/')
    await page.evaluate(async () => {
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { width: 960, height: 540 },
        audio,
      })
      const video = document.querySelector('video')
      if (video) video.srcObject = stream
    })
    const seen = await watch(page, 'video', 20_000, 60)
    expect(flow(seen).people).toEqual([3])
    expect(flow(seen).backwards).toBe(0)
    expect(seen.unread).toBeLessThan(3)
    const [low, high, other] = await loudness(page, 'video', [...TONES[3], TONES[1][0]])
    expect(low).toBeGreaterThan(-50)
    expect(high).toBeGreaterThan(-50)
    expect(other).toBeLessThan(-70)
  } finally {
    await people.leave()
  }
})
