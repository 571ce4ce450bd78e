/**
 * Reads in a page what its video and audio elements really play.
 *
 * The functions handed to `evaluate` run in the browser and may use nothing from outside themselves but arguments.
 */
import type { Page } from '@playwright/test'
import { CELLS, FRAME_BITS, FRAMES, PERSON_BITS } from './code'

/** One picture that was presented: when (ms, page clock), which frame, of whom. */
export interface Seen {
  at: number
  frame: number
  person: number
}

/** What was presented during a watch, and how many pictures could not be read. */
export interface Watched {
  seen: Seen[]
  unread: number
}

/** Watches the first video that matches `selector` for `ms`, or until `enough` pictures were read. */
export async function watch(page: Page, selector: string, ms: number, enough = Infinity): Promise<Watched> {
  return page.evaluate(
    async ({ selector, ms, enough, cells, frameBits, personBits }) => {
      const video = document.querySelector<HTMLVideoElement>(selector)
      if (!video) throw new Error(`no video ${selector}`)
      const canvas = document.createElement('canvas')
      canvas.width = 320
      canvas.height = 180
      const draw = canvas.getContext('2d', { willReadFrequently: true })
      if (!draw) throw new Error('no canvas')
      const seen: { at: number; frame: number; person: number }[] = []
      let unread = 0
      const read = (at: number) => {
        draw.drawImage(video, 0, 0, canvas.width, canvas.height)
        const { data } = draw.getImageData(0, 0, canvas.width, canvas.height)
        let word = 0
        let sure = true
        cells.forEach((cell, n) => {
          const x = Math.round((cell.x + (cell.size * 0.5 * 9) / 16) * canvas.width)
          const y = Math.round((cell.y + cell.size * 0.5) * canvas.height)
          let light = 0
          for (let dy = -2; dy <= 2; dy += 1)
            for (let dx = -2; dx <= 2; dx += 1) light += data[((y + dy) * canvas.width + x + dx) * 4] ?? 0
          light /= 25
          if (light > 90 && light < 150) sure = false
          if (light >= 120) word |= 1 << n
        })
        const rest = 16 - frameBits - personBits
        const bits = word >> rest
        let ones = 0
        for (let b = 0; b < frameBits + personBits; b += 1) ones += (bits >> b) & 1
        if (!sure || (ones & ((1 << rest) - 1)) !== (word & ((1 << rest) - 1))) unread += 1
        else seen.push({ at, frame: bits >> personBits, person: bits & ((1 << personBits) - 1) })
      }
      await new Promise<void>((done) => {
        const end = performance.now() + ms
        const timer = setTimeout(done, ms)
        const next = (now: number) => {
          read(now)
          if (seen.length >= enough || now >= end) {
            clearTimeout(timer)
            done()
          } else video.requestVideoFrameCallback(next)
        }
        video.requestVideoFrameCallback(next)
      })
      return { seen, unread }
    },
    { selector, ms, enough, cells: CELLS, frameBits: FRAME_BITS, personBits: PERSON_BITS },
  )
}

/** What a row of presented pictures says about the way they came. */
export interface Flow {
  pictures: number
  people: number[]
  /** Pictures shown twice in a row. */
  repeated: number
  /** Frame numbers that never came, between the first and the last. */
  lost: number
  /** Pictures that showed an older frame than one before. */
  backwards: number
  /** The longest time between two presented pictures, ms. */
  longestGapMs: number
}

/** Sums up what was watched. Frame numbers go round at the end of the camera's file. */
export function flow({ seen }: Watched): Flow {
  let repeated = 0
  let lost = 0
  let backwards = 0
  let longestGapMs = 0
  for (let n = 1; n < seen.length; n += 1) {
    const [a, b] = [seen[n - 1], seen[n]]
    if (!a || !b) continue
    const step = (b.frame - a.frame + FRAMES) % FRAMES
    if (step === 0) repeated += 1
    else if (step > FRAMES / 2) backwards += 1
    else lost += step - 1
    longestGapMs = Math.max(longestGapMs, b.at - a.at)
  }
  const people = [...new Set(seen.map((s) => s.person))].sort()
  return { pictures: seen.length, people, repeated, lost, backwards, longestGapMs }
}

/** How loud tones are in what an element plays, in dB below full scale; -Infinity is silence. */
export async function loudness(page: Page, selector: string, tones: readonly number[]): Promise<number[]> {
  return page.evaluate(
    async ({ selector, tones }) => {
      const element = document.querySelector<HTMLMediaElement>(selector)
      const stream = element?.srcObject
      if (!(stream instanceof MediaStream)) throw new Error(`nothing plays in ${selector}`)
      const audio = new AudioContext({ sampleRate: 48_000 })
      try {
        await audio.resume()
        const analyser = audio.createAnalyser()
        analyser.fftSize = 16_384
        analyser.smoothingTimeConstant = 0
        audio.createMediaStreamSource(stream).connect(analyser)
        // A full window of fresh sound.
        const until = audio.currentTime + (analyser.fftSize / audio.sampleRate) * 1.2
        while (audio.currentTime < until) await new Promise((next) => requestAnimationFrame(next))
        const bins = new Float32Array(analyser.frequencyBinCount)
        analyser.getFloatFrequencyData(bins)
        return tones.map((hz) => {
          const at = Math.round((hz * analyser.fftSize) / audio.sampleRate)
          return Math.max(...bins.slice(at - 2, at + 3))
        })
      } finally {
        await audio.close()
      }
    },
    { selector, tones: [...tones] },
  )
}
