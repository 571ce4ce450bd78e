import { Emitter } from '../events'

/** Below this a room counts as silent, above that a voice is as loud as it should be; decibels of full scale. */
const QUIET_DB = -60
const LOUD_DB = -12

/** How loud samples between -1 and 1 are: 0 silent, 1 as loud as it should be. */
export function levelOf(samples: ArrayLike<number>): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2
  const rms = Math.sqrt(sum / samples.length)
  if (rms === 0) return 0
  const db = 20 * Math.log10(rms)
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)))
}

/** How many of `bars` are lit. */
export function litBars(level: number, bars: number): number {
  return Math.round(Math.min(1, Math.max(0, level)) * bars)
}

/** Tells speech from a knock: a voice is there when it has been loud for most of half a second. */
export class VoiceDetector {
  readonly #loud: { at: number; loud: boolean }[] = []

  hear(level: number, now: number): boolean {
    this.#loud.push({ at: now, loud: level > 0.45 })
    while (this.#loud[0] && now - this.#loud[0].at > 500) this.#loud.shift()
    const long = now - (this.#loud[0]?.at ?? now) >= 350
    return long && this.#loud.filter((one) => one.loud).length > this.#loud.length * 0.6
  }

  forget(): void {
    this.#loud.length = 0
  }
}

/** Measures a microphone ten times a second. */
export class LevelMeter {
  readonly #events = new Emitter<{ level: number }>()
  readonly #context: AudioContext
  readonly #source: MediaStreamAudioSourceNode
  readonly #timer: ReturnType<typeof setInterval>

  constructor(track: MediaStreamTrack) {
    this.#context = new AudioContext()
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]))
    const analyser = new AnalyserNode(this.#context, { fftSize: 2048 })
    this.#source.connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    this.#timer = setInterval(() => {
      if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined)
      analyser.getFloatTimeDomainData(samples)
      this.#events.emit('level', levelOf(samples))
    }, 100)
  }

  onLevel(listener: (level: number) => void): () => void {
    return this.#events.on('level', listener)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#source.disconnect()
    void this.#context.close().catch(() => undefined)
  }
}
