import { describe, expect, it } from 'vitest'
import { faded, withMark } from '.'
import type { Marks } from '.'

const at = { x: 1, y: 2 }
const frame = { from: { x: 0, y: 0 }, to: { x: 5, y: 5 } }

describe('marks', () => {
  it('has one hand, on one surface', () => {
    let marks: Marks = withMark({}, 'form', { kind: 'pointer', at, begins: true }, 10)
    marks = withMark(marks, 'paper', { kind: 'pointer', at, begins: false }, 20)
    expect(marks.form?.pointer).toBeUndefined()
    expect(marks.paper?.pointer).toEqual({ at, seenAt: 20 })
  })
  it('keeps frames until cleared, whatever the hand does', () => {
    let marks: Marks = withMark({}, 'form', { kind: 'highlight', ...frame }, 10)
    marks = withMark(marks, 'form', { kind: 'pointer', at, begins: true }, 20)
    expect(marks.form?.frames).toEqual([frame])
    expect(withMark(marks, 'page', { kind: 'clear' }, 30).form?.frames).toEqual([])
  })
  it('lets the hand fade after four seconds', () => {
    const marks = withMark({}, 'form', { kind: 'pointer', at, begins: true }, 1000)
    expect(faded(marks, 4999)).toBe(marks)
    expect(faded(marks, 5000).form?.pointer).toBeUndefined()
  })
})
