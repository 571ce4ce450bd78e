import { ref, shallowRef } from 'vue'
import { Problem } from '@/core/api'
import type { Catalogue, Enrolled, Http, PageConfig } from '@/core/api'
import { DARK, selfCheck, testCamera, testMicrophone, testSpeaker } from '@/core/devices'
import type { Lamps } from '@/core/devices'
import type { LinkState } from '@/core/signal'
import type { Door } from './door'

/** Where the machine itself stands; visits happen only in `running`. */
export type Phase =
  | { kind: 'loading'; attempt: number }
  | { kind: 'enrol' }
  | { kind: 'enrolled'; enrolled: Enrolled }
  | { kind: 'checking' }
  | { kind: 'faulty' }
  | { kind: 'running' }
  /** The same key works elsewhere, or this program is too old. */
  | { kind: 'stopped'; why: 'replaced' | 'updating' }

/** Between two attempts to read the configuration. */
const AGAIN_MS = 3000
/** The configuration is read anew this often, for the hours. */
const REFRESH_MS = 60_000
/** How long "registered at …" stays. */
const ENROLLED_MS = 2500

interface Options {
  http: Http
  door: Door
  /** Starts the link to the server. */
  start: () => void
  /** Resolves once the first view has come; tells whether a visit is already going on. */
  arrived: () => Promise<boolean>
  configured: (config: PageConfig) => void
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** From switching on to the attract page: configuration, enrolment, self-check. */
export function useBoot({ http, door, start, arrived, configured }: Options) {
  const phase = shallowRef<Phase>({ kind: 'loading', attempt: 1 })
  const config = shallowRef<PageConfig>()
  const catalogue = shallowRef<Catalogue>()
  const lamps = shallowRef<Lamps>(DARK)
  const voiceOnly = ref(false)

  async function read(): Promise<void> {
    const [told, offered] = await Promise.all([http.get('/page-config'), http.get('/catalogue')])
    config.value = told
    catalogue.value = offered
    configured(told)
  }

  async function boot(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      phase.value = { kind: 'loading', attempt }
      try {
        await read()
        break
      } catch {
        await pause(AGAIN_MS)
      }
    }
    setInterval(() => phase.value.kind === 'running' && read().catch(() => undefined), REFRESH_MS)
    if (await door.known()) await open()
    else phase.value = { kind: 'enrol' }
  }

  async function open(): Promise<void> {
    phase.value = { kind: 'checking' }
    start()
    await check()
  }

  /** Tests every device, unless a visit is already going on: then the devices belong to it. */
  async function check(): Promise<void> {
    if (phase.value.kind !== 'checking') phase.value = { kind: 'checking' }
    const visiting = await arrived()
    if (visiting) {
      phase.value = { kind: 'running' }
      return
    }
    const told = await selfCheck(
      {
        camera: () => (voiceOnly.value ? Promise.resolve('absent' as const) : testCamera()),
        microphone: testMicrophone,
        speaker: testSpeaker,
        network: async () => 'good',
        // Readers come with the device bridge; until then numbers are typed.
        reader: async () => 'absent',
      },
      (now) => (lamps.value = now),
    )
    if ((phase.value as Phase).kind !== 'checking') return
    phase.value = Object.values(told).includes('bad') ? { kind: 'faulty' } : { kind: 'running' }
  }

  /** Redeems a code typed at the machine; tells what is wrong with it. */
  async function enrol(code: string): Promise<'done' | 'bad_code' | 'offline'> {
    try {
      phase.value = { kind: 'enrolled', enrolled: await door.enrol(code) }
    } catch (error) {
      return error instanceof Problem && error.status < 500 ? 'bad_code' : 'offline'
    }
    await pause(ENROLLED_MS)
    await open()
    return 'done'
  }

  /** In the demonstration a site is chosen and its code fetched. */
  async function enrolAt(site: string): Promise<'done' | 'bad_code' | 'offline'> {
    try {
      const { code } = await http.post('/demo/enrolment-code', { body: { site } })
      return await enrol(code)
    } catch {
      return 'offline'
    }
  }

  /** Works without the camera from here on, by choice. */
  function withoutCamera(): void {
    voiceOnly.value = true
    phase.value = { kind: 'running' }
  }

  /** What a link that ended for good means. */
  async function linkEnded(link: Extract<LinkState, { kind: 'closed' }>): Promise<void> {
    if (link.reason === 'replaced') phase.value = { kind: 'stopped', why: 'replaced' }
    else if (link.reason === 'incompatible') {
      phase.value = { kind: 'stopped', why: 'updating' }
      await pause(20_000 + Math.random() * 20_000)
      location.reload()
    } else if (link.reason === 'revoked') {
      // A session has an end, also in a call; its key opens the next one. If it is the machine that was revoked, the door says so.
      await pause(500 + Math.random() * 1000)
      start()
    } else if (['signed_out', 'unauthenticated'].includes(link.reason)) {
      // The key stays until another enrolment replaces it: it may have been the server that was wrong.
      phase.value = { kind: 'enrol' }
    }
  }

  return {
    phase,
    config,
    catalogue,
    lamps,
    voiceOnly,
    boot,
    check,
    open,
    enrol,
    enrolAt,
    withoutCamera,
    linkEnded,
  }
}

export type Boot = ReturnType<typeof useBoot>
