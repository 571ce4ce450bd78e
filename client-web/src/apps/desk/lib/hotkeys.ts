/** What a key may ask of the desk. */
export type HotKey =
  | 'answer'
  | 'decline'
  | 'mute'
  | 'camera'
  | 'talk'
  | 'hold'
  | 'still'
  | 'handoff'
  | 'ready'
  | 'finish'
  | 'search'
  | 'cheat_sheet'

export interface KeyPress {
  key: string
  code: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  repeat: boolean
}

/** Where the desk stands: a key acts only where it means something. */
export interface KeyPlace {
  /** The focus is in a text box or a list. */
  typing: boolean
  /** The focus is on something that Enter or Space presses itself. */
  onControl: boolean
  /** A dialog other than the ring is open. */
  dialog: boolean
  status: 'ringing' | 'in_call' | 'wrap_up' | 'other'
}

const IN_CALL: Readonly<Record<string, HotKey>> = {
  m: 'mute',
  v: 'camera',
  h: 'hold',
  c: 'still',
  t: 'handoff',
}

/** The meaning of a key press at this place, if it has one. */
export function hotKey(press: KeyPress, place: KeyPlace): HotKey | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined
  const key = press.key.toLowerCase()
  // Function keys write nothing, so they also act while somebody types.
  if (key === 'f2') return place.status === 'ringing' ? 'answer' : undefined
  if (key === 'f4') return place.status === 'other' && !place.dialog ? 'ready' : undefined
  if (key === 'f8') return place.status === 'wrap_up' ? 'finish' : undefined
  if (place.typing) return undefined
  if (place.status === 'ringing') {
    if (key === 'enter') return place.onControl ? undefined : 'answer'
    return key === 'd' ? 'decline' : undefined
  }
  if (place.dialog) return undefined
  if (key === '/') return 'search'
  if (key === '?' || key === '？') return 'cheat_sheet'
  if (place.status !== 'in_call') return undefined
  if (press.code === 'Space') return place.onControl ? undefined : 'talk'
  return press.repeat ? undefined : IN_CALL[key]
}

/** Whether keys belong to the element that has the focus. */
export function isTyping(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false
  if (element.isContentEditable || element instanceof HTMLTextAreaElement) return true
  if (element instanceof HTMLSelectElement || element.getAttribute('role') === 'combobox') return true
  const mute = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset']
  return element instanceof HTMLInputElement && !mute.includes(element.type)
}

/** Whether Enter or Space presses what has the focus. */
export function isControl(element: Element | null): boolean {
  return element?.closest('button, a[href], input, select, summary, [role="tab"], [role="button"]') !== null
    ? element !== null
    : false
}
