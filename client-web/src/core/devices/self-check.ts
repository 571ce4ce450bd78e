import { openCamera, openMicrophone } from '../rtc'

/** What a terminal looks at before it opens. */
export type Lamp = 'camera' | 'microphone' | 'speaker' | 'network' | 'reader'
/** `absent`: this machine has none and works without. */
export type LampState = 'waiting' | 'testing' | 'good' | 'absent' | 'bad'

export type Lamps = Record<Lamp, LampState>

export const ALL_LAMPS: readonly Lamp[] = ['camera', 'microphone', 'speaker', 'network', 'reader']

export const DARK: Lamps = {
  camera: 'waiting',
  microphone: 'waiting',
  speaker: 'waiting',
  network: 'waiting',
  reader: 'waiting',
}

/** A test of one device; rejects when it does not work. */
export type Test = () => Promise<'good' | 'absent'>

/** How long one device may take. */
const WITHIN_MS = 8000

/** Opens the device for a moment and lets it go. */
export const testCamera: Test = async () => {
  const track = await openCamera()
  track.stop()
  return 'good'
}

export const testMicrophone: Test = async () => {
  const track = await openMicrophone()
  track.stop()
  return 'good'
}

/** A browser cannot hear its own loudspeaker; it can tell whether there is one. */
export const testSpeaker: Test = async () => {
  const devices = await navigator.mediaDevices.enumerateDevices()
  if (devices.some((d) => d.kind === 'audiooutput') || devices.every((d) => d.label === '')) return 'good'
  throw new Error('no loudspeaker')
}

/** Lights one lamp after the other and tells each change. */
export async function selfCheck(
  tests: Record<Lamp, Test>,
  tell: (lamps: Lamps) => void,
  withinMs = WITHIN_MS,
): Promise<Lamps> {
  let lamps = DARK
  const light = (lamp: Lamp, state: LampState) => tell((lamps = { ...lamps, [lamp]: state }))
  for (const lamp of ALL_LAMPS) {
    light(lamp, 'testing')
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('too slow')), withinMs)
    })
    try {
      light(lamp, await Promise.race([tests[lamp](), late]))
    } catch {
      light(lamp, 'bad')
    } finally {
      clearTimeout(timer)
    }
  }
  return lamps
}
