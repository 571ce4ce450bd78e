import { describe, expect, it } from 'vitest'
import { hotKey, isControl, isTyping } from './hotkeys'
import type { KeyPlace } from './hotkeys'

const press = (key: string, more = {}) => ({
  key,
  code: key === ' ' ? 'Space' : key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...more,
})
const place = (status: KeyPlace['status'], more: Partial<KeyPlace> = {}): KeyPlace => ({
  typing: false,
  onControl: false,
  dialog: false,
  status,
  ...more,
})

describe('keys', () => {
  it.each([
    ['Enter', 'ringing', 'answer'],
    ['F2', 'ringing', 'answer'],
    ['d', 'ringing', 'decline'],
    ['m', 'in_call', 'mute'],
    ['V', 'in_call', 'camera'],
    ['h', 'in_call', 'hold'],
    ['c', 'in_call', 'still'],
    ['t', 'in_call', 'handoff'],
    [' ', 'in_call', 'talk'],
    ['F4', 'other', 'ready'],
    ['F8', 'wrap_up', 'finish'],
    ['/', 'other', 'search'],
    ['?', 'in_call', 'cheat_sheet'],
  ] as const)('%s when %s is %s', (key, status, meaning) =>
    expect(hotKey(press(key), place(status))).toBe(meaning),
  )

  it.each([
    ['m', 'other'],
    ['Enter', 'in_call'],
    ['F4', 'in_call'],
    ['F8', 'in_call'],
    ['Escape', 'in_call'],
  ] as const)('%s when %s is nothing', (key, status) =>
    expect(hotKey(press(key), place(status))).toBeUndefined(),
  )

  it('are ignored while typing, but for those that write nothing', () => {
    for (const key of ['m', ' ', '/', '?', 'c']) {
      expect(hotKey(press(key), place('in_call', { typing: true }))).toBeUndefined()
    }
    expect(hotKey(press('Enter'), place('ringing', { typing: true }))).toBeUndefined()
    expect(hotKey(press('F2'), place('ringing', { typing: true }))).toBe('answer')
  })

  it('are left to the browser with Ctrl, and to the button that has the focus', () => {
    expect(hotKey(press('c', { ctrlKey: true }), place('in_call'))).toBeUndefined()
    expect(hotKey(press(' '), place('in_call', { onControl: true }))).toBeUndefined()
    expect(hotKey(press('Enter'), place('ringing', { onControl: true }))).toBeUndefined()
  })

  it('do nothing behind a dialog, and a held letter counts once', () => {
    expect(hotKey(press('m'), place('in_call', { dialog: true }))).toBeUndefined()
    expect(hotKey(press('m', { repeat: true }), place('in_call'))).toBeUndefined()
  })
})

describe('the focus', () => {
  const made = (html: string) => {
    document.body.innerHTML = html
    return document.body.firstElementChild
  }

  it.each(['<input>', '<input type="search">', '<textarea></textarea>', '<select></select>'])(
    'types in %s',
    (html) => expect(isTyping(made(html))).toBe(true),
  )
  it.each(['<button></button>', '<input type="checkbox">', '<div></div>'])('does not type in %s', (html) =>
    expect(isTyping(made(html))).toBe(false),
  )
  it('knows what Enter presses', () => {
    expect(isControl(made('<button><b></b></button>')?.firstElementChild ?? null)).toBe(true)
    expect([isControl(made('<div></div>')), isControl(null)]).toEqual([false, false])
  })
})
