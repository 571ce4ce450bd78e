import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { FormView, Hand } from '../protocol'
import { FormEditor } from './editor'
import type { WriteResult } from './editor'

const form = (
  values: Record<string, [string, Hand, number]>,
  typing: Record<string, Hand> = {},
): FormView => ({
  values: Object.fromEntries(
    Object.entries(values).map(([field, [text, by, version]]) => [field, { text, by, version }]),
  ),
  typing,
})

describe('one hand at the shared form', () => {
  const written: [string, string, number][] = []
  const focused: (string | undefined)[] = []
  let answer: (result: WriteResult) => void
  let editor: FormEditor

  beforeEach(() => {
    vi.useFakeTimers()
    written.length = 0
    focused.length = 0
    editor = new FormEditor({
      me: 'clerk',
      focus: (field) => focused.push(field),
      write: (field, text, base) => {
        written.push([field, text, base])
        return new Promise((resolve) => (answer = resolve))
      },
    })
    return () => vi.useRealTimers()
  })

  const settle = async (result: WriteResult) => {
    answer(result)
    await vi.advanceTimersByTimeAsync(0)
  }

  it('shows what is shared, with whose hand and whose lock', () => {
    editor.see(form({ phone: ['138', 'citizen', 3] }, { name: 'citizen', phone: 'clerk' }))
    expect(editor.state('phone')).toMatchObject({ text: '138', by: 'citizen', locked: false })
    expect(editor.state('name')).toMatchObject({ text: '', by: undefined, locked: true })
  })

  it('sends after a pause, based on the version that was seen', async () => {
    editor.see(form({ phone: ['138', 'citizen', 3] }))
    editor.enter('phone')
    editor.type('phone', '1380')
    editor.type('phone', '13800')
    await vi.advanceTimersByTimeAsync(400)
    expect(written).toEqual([['phone', '13800', 3]])
    expect(editor.state('phone')).toMatchObject({ text: '13800', saving: true })
    await settle('done')
    editor.see(form({ phone: ['13800', 'clerk', 4] }))
    editor.leave('phone')
    expect(editor.state('phone')).toMatchObject({ text: '13800', by: 'clerk', saving: false })
    expect(focused).toEqual(['phone', undefined])
    expect(written).toHaveLength(1)
  })

  it('sends at once on leaving, and what was typed meanwhile after the answer', async () => {
    editor.type('name', '王')
    editor.leave('name')
    expect(written).toEqual([['name', '王', 0]])
    editor.type('name', '王大力')
    await vi.advanceTimersByTimeAsync(400)
    expect(written).toHaveLength(1)
    await settle('done')
    expect(written[1]).toEqual(['name', '王大力', 1])
  })

  it('overwrites nothing: both texts stay until one is chosen', async () => {
    editor.see(form({ phone: ['138', 'citizen', 3] }))
    editor.type('phone', '139')
    editor.leave('phone')
    editor.see(form({ phone: ['137', 'citizen', 4] }))
    await settle('stale')
    expect(editor.state('phone')).toMatchObject({ text: '139', conflict: '137' })
    editor.type('phone', '1391')
    await vi.advanceTimersByTimeAsync(400)
    expect(written).toHaveLength(1)
    editor.choose('phone', true)
    expect(written[1]).toEqual(['phone', '1391', 4])
    await settle('done')
    expect(editor.state('phone').conflict).toBeUndefined()
  })

  it('takes the other text when that is chosen', async () => {
    editor.type('phone', '139')
    editor.see(form({ phone: ['137', 'citizen', 1] }))
    expect(editor.state('phone').conflict).toBe('137')
    editor.choose('phone', false)
    expect(editor.state('phone')).toMatchObject({ text: '137', conflict: undefined })
    await vi.advanceTimersByTimeAsync(1000)
    expect(written).toEqual([])
  })

  it('keeps the draft when the link is gone, and cuts what is too long', async () => {
    editor.type('household', '123')
    editor.leave('household')
    expect(written).toEqual([['household', '12', 0]])
    await settle('failed')
    expect(editor.state('household')).toMatchObject({ text: '12', failed: true, saving: false })
    editor.choose('household', true)
    expect(written[1]).toEqual(['household', '12', 0])
    editor.reset()
    expect(editor.state('household').text).toBe('')
  })
})
