/** The rig proves others right or wrong, so first it is held against itself: a camera and a microphone without a server. */
import { expect, test } from '@playwright/test'
import { follow, type Frame } from '../rig/frames'
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

test.describe('pictures that came are held against those that were sent', () => {
  const clean = () => ({
    sent: [...layer(1, 960, 0), ...layer(2, 480, 5_000)].sort((a, b) => a.at - b.at),
    came: forwarded(layer(1, 960, 0)),
  })
  const layer = (ssrc: number, width: number, begins: number): Frame[] =>
    Array.from({ length: 40 }, (_, n) => ({
      way: 'sent',
      line: 1,
      at: 1000 + n * 50 + ssrc,
      ssrc,
      time: (begins + n * 4500) | 0,
      key: n % 10 === 0,
      width,
      digest: `${ssrc}-${n}`,
    }))
  const forwarded = (frames: readonly Frame[]): Frame[] =>
    frames.map((frame) => ({
      ...frame,
      way: 'received',
      line: 8,
      ssrc: 7,
      at: frame.at + 12,
      time: frame.at * 90,
    }))
  const took = (change: (came: Frame[]) => void) => {
    const { sent, came } = clean()
    change(came)
    return follow(sent, came)
  }

  test('an untouched row has no fault', () => {
    expect(took(() => undefined)).toEqual({
      pictures: 40,
      layers: [960],
      foreign: 0,
      missing: 0,
      abandoned: 0,
      repeated: 0,
      backwards: 0,
      turnedBack: 0,
      longestTurnBackMs: 0,
      blindSwitches: 0,
      timeStoodStill: 0,
      longestGapMs: 50,
      longestSentGapMs: 50,
      longestAbandonedMs: 0,
      delayMs: { p50: 12, max: 12 },
    })
  })

  test('one that is lost, comes twice, too early, late, or from nowhere is found', () => {
    expect(took((came) => came.splice(7, 2)).missing).toBe(2)
    expect(took((came) => came.splice(7, 0, ...came.slice(6, 7)))).toMatchObject({
      repeated: 1,
      timeStoodStill: 1,
    })
    expect(took((came) => came.push(...came.splice(7, 1)))).toMatchObject({ backwards: 1, missing: 1 })
    expect(took((came) => Object.assign(came[7] ?? {}, { digest: 'x' }))).toMatchObject({
      foreign: 1,
      missing: 1,
    })
    expect(took((came) => came.slice(20).forEach((frame) => (frame.at += 400))).longestGapMs).toBe(450)
  })

  test('another layer begins at its key picture, without a hole', () => {
    const other = (from: number) => forwarded(layer(2, 480, 5_000)).slice(from)
    expect(took((came) => came.splice(20, 20, ...other(20)))).toMatchObject({
      layers: [960, 480],
      missing: 0,
      blindSwitches: 0,
    })
    expect(took((came) => came.splice(21, 19, ...other(21))).blindSwitches).toBe(1)
    expect(took((came) => came.splice(18, 22, ...other(20)))).toMatchObject({ missing: 2, abandoned: 0 })
    expect(took((came) => came.splice(22, 18, ...other(20)))).toMatchObject({
      turnedBack: 1,
      longestTurnBackMs: 50,
    })
    const { sent, came } = clean()
    const stopped = sent.filter(({ ssrc, time }) => ssrc !== 1 || time < 18 * 4500)
    came.splice(18, 22, ...other(20))
    expect(follow(stopped, came)).toMatchObject({ missing: 0, abandoned: 2, longestAbandonedMs: 151 })
  })
})
