import { useRouter } from 'vue-router'
import type { BreakReason, WishedStatus } from '@/core/protocol'
import type { HotKey } from '../lib/hotkeys'
import { useAct } from './act'
import { useDesk } from './desk'
import { useUi } from './ui'

/** What buttons and keys do alike. Each looks at the newest view before it acts. */
export function useCommands() {
  const desk = useDesk()
  const ui = useUi()
  const router = useRouter()
  const { busy, say } = useAct()
  const { station } = desk

  function accept(): void {
    const status = desk.status.value
    if (status?.status === 'ringing') void say({ type: 'accept', offer: status.offer.id })
  }

  function setStatus(status: WishedStatus): Promise<boolean> {
    return say({ type: 'set_status', status })
  }

  async function ready(): Promise<void> {
    if (desk.status.value?.status === 'off_duty') await router.push('/check')
    else await setStatus({ kind: 'ready' })
  }

  function takeBreak(reason: BreakReason): Promise<boolean> {
    return setStatus({ kind: 'break', reason })
  }

  function hold(): void {
    const call = desk.call.value
    if (call) void say({ type: 'hold', call: call.id, on: !call.on_hold })
  }

  function hangUp(): Promise<boolean> {
    const call = desk.call.value
    return call ? say({ type: 'hang_up', call: call.id }) : Promise.resolve(false)
  }

  /** A still for the material that is chosen in the checklist, or the next one that is missing. */
  function still(): void {
    const call = desk.call.value
    const list = call?.case?.materials ?? []
    const chosen = list.find((one) => one.code === ui.material) ?? list.find((one) => one.state === 'missing')
    if (!call || !chosen || call.capture || !call.assist.granted.includes('capture')) return
    if (call.case?.state !== 'intake') return
    ui.material = chosen.code
    void say({ type: 'capture', call: call.id, material: chosen.code })
  }

  function handoff(): void {
    const call = desk.call.value
    if (call?.case && call.case.owner === desk.view.value?.id && !call.case.open_handoff) {
      ui.handoffOf = call.case.id
    }
  }

  const actions: Partial<Record<HotKey, () => void>> = {
    answer: accept,
    decline: () => (ui.declining = true),
    mute: () => station.own.toggleMute(),
    camera: () => station.own.toggleCamera(),
    hold,
    still,
    handoff,
    ready: () => void ready(),
    finish: () => window.dispatchEvent(new CustomEvent(FINISH_WRAP_UP)),
  }

  return {
    busy,
    accept,
    setStatus,
    ready,
    takeBreak,
    hold,
    hangUp,
    still,
    handoff,
    run: (key: HotKey) => actions[key]?.(),
  }
}

/** F8: the wrap-up form knows what was chosen. */
export const FINISH_WRAP_UP = 'cloud-window-finish-wrap-up'
