import { describe, expect, it } from 'vitest'
import { withMark } from '@/core/assist'
import type { CallView } from '@/core/protocol'
import { movedTo, paperOf } from './call-layout'

const at = { x: 1, y: 2 }
const pointer = { kind: 'pointer', at, begins: true } as const
const frame = { kind: 'highlight', from: at, to: at } as const

describe('the page follows the clerk’s hand', () => {
  it('to the form, to the document camera and to the page as the clerk’s sketch has it', () => {
    expect(movedTo({}, withMark({}, 'form', pointer, 1))).toBe('form')
    const before = withMark({}, 'form', pointer, 1)
    expect(movedTo(before, withMark(before, 'document_camera', pointer, 2))).toBe('video')
    expect(movedTo({}, withMark({}, 'document_camera', frame, 1))).toBe('video')
    expect(movedTo(before, withMark(before, 'page', pointer, 2))).toBe('video')
  })

  it('but not when a hand fades or marks are cleared', () => {
    const before = withMark(withMark({}, 'form', pointer, 1), 'form', frame, 2)
    expect(
      movedTo(before, { form: { pointer: undefined, frames: before.form?.frames ?? [] } }),
    ).toBeUndefined()
    expect(movedTo(before, withMark(before, 'form', { kind: 'clear' }, 3))).toBeUndefined()
  })
})

describe('the paper on the screen', () => {
  const paper = { id: 'p1', kind: 'intake_receipt', number: '', issued_at: 0, pages: 1 }
  const call = (showing?: string) => ({ showing, case: { papers: [paper] } }) as unknown as CallView
  it('is the one that the clerk shows, if the case has it', () => {
    expect(paperOf(call('p1'))).toBe(paper)
    expect(paperOf(call('p2'))).toBeUndefined()
    expect(paperOf(call())).toBeUndefined()
  })
})
