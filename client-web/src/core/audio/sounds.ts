/** Sounds made on the spot: soft, few, and never the only carrier of anything. */
export type Sound = 'tick' | 'shutter' | 'fault' | 'hold'

interface Note {
  at: number
  hertz: number
  seconds: number
  loud: number
}

const NOTES: Record<Sound, Note[]> = {
  tick: [{ at: 0, hertz: 1400, seconds: 0.03, loud: 0.12 }],
  shutter: [
    { at: 0, hertz: 2200, seconds: 0.03, loud: 0.2 },
    { at: 0.07, hertz: 1500, seconds: 0.05, loud: 0.2 },
  ],
  fault: [
    { at: 0, hertz: 220, seconds: 0.22, loud: 0.25 },
    { at: 0.3, hertz: 185, seconds: 0.3, loud: 0.25 },
  ],
  hold: [{ at: 0, hertz: 523, seconds: 0.5, loud: 0.08 }],
}

/** Two soft notes, 1.2 s on, 1.8 s off. */
const RING: Note[] = [
  { at: 0, hertz: 659, seconds: 0.55, loud: 0.3 },
  { at: 0.6, hertz: 523, seconds: 0.6, loud: 0.3 },
]
const RING_EVERY_MS = 3000

export class Sounds {
  #context: AudioContext | undefined
  #ringing: ReturnType<typeof setInterval> | undefined
  #output = ''
  /** 0 to 1. */
  volume = 0.7

  /** Where sounds come out; the empty id is the usual place. Browsers that cannot choose keep to that. */
  setOutput(deviceId: string): void {
    this.#output = deviceId
    if (this.#context) sendTo(this.#context, deviceId)
  }

  play(sound: Sound): void {
    this.#notes(NOTES[sound])
  }

  ring(on: boolean): void {
    clearInterval(this.#ringing)
    this.#ringing = undefined
    if (!on) return
    this.#notes(RING)
    this.#ringing = setInterval(() => this.#notes(RING), RING_EVERY_MS)
  }

  #notes(notes: Note[]): void {
    try {
      const context = this.#open()
      if (context.state === 'suspended') void context.resume()
      for (const note of notes) this.#note(context, note)
    } catch {
      // No sound device: every sound has a picture beside it.
    }
  }

  #open(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext()
      if (this.#output !== '') sendTo(this.#context, this.#output)
    }
    return this.#context
  }

  #note(context: AudioContext, note: Note): void {
    const start = context.currentTime + note.at
    const tone = new OscillatorNode(context, { type: 'sine', frequency: note.hertz })
    const gain = new GainNode(context, { gain: 0 })
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(note.loud * this.volume, start + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.0001, start + note.seconds)
    tone.connect(gain).connect(context.destination)
    tone.start(start)
    tone.stop(start + note.seconds + 0.05)
  }
}

/** `AudioContext.setSinkId`, from Chrome 110 on. A device that is gone leaves the sound where it was. */
function sendTo(context: AudioContext, deviceId: string): void {
  const sinks = context as AudioContext & { setSinkId?: (id: string) => Promise<void> }
  sinks.setSinkId?.(deviceId).catch(() => undefined)
}
