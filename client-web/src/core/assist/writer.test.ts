import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FormView } from '../protocol'
import { LinkLost, Refused } from '../signal'
import { FormWriter } from '.'

/** A server that keeps versions as the real one does. */
function rig() {
  const form: FormView = { values: {}, typing: {} }
  const asked: string[] = []
  let fail: Error | undefined
  const port = {
    focus: async (field: string | undefined) => {
      asked.push(`focus ${field ?? '-'}`)
      if (fail) throw fail
    },
    set: async (field: string, text: string, base: number) => {
      asked.push(`${field}=${text}@${base}`)
      if (fail) throw fail
      const version = form.values[field]?.version ?? 0
      if (version !== base) throw new Refused('stale', '')
      form.values[field] = { text, by: 'citizen', version: version + 1 }
    },
  }
  const writer = new FormWriter(port)
  const lost: string[] = []
  writer.on('lost', (field) => lost.push(field))
  return { form, asked, writer, lost, failWith: (error: Error | undefined) => (fail = error) }
}

describe('a hand on the form', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('sends what was typed after a pause, each piece on the version before', async () => {
    const { writer, asked } = rig()
    await writer.focus('phone')
    writer.type('1')
    writer.type('13')
    await vi.advanceTimersByTimeAsync(400)
    writer.type('138')
    await vi.advanceTimersByTimeAsync(400)
    await writer.blur()
    expect(asked).toEqual(['focus phone', 'phone=13@0', 'phone=138@1', 'focus -'])
    expect(writer.draft).toBeUndefined()
  })

  it('sends the rest when it leaves for another field', async () => {
    const { writer, asked } = rig()
    await writer.focus('phone')
    writer.type('7')
    await writer.focus('name')
    expect(asked).toEqual(['focus phone', 'phone=7@0', 'focus -', 'focus name'])
  })

  it('gives way when the other side was first, and says so', async () => {
    const { writer, form, lost } = rig()
    await writer.focus('phone')
    form.values['phone'] = { text: 'theirs', by: 'clerk', version: 3 }
    writer.type('mine')
    await vi.advanceTimersByTimeAsync(400)
    expect(lost).toEqual(['phone'])
    expect(writer.draft).toBeUndefined()
  })

  it('gives way when the field is taken', async () => {
    const { writer, lost, failWith } = rig()
    failWith(new Refused('field_locked', ''))
    await writer.focus('phone')
    expect(lost).toEqual(['phone'])
  })

  it('keeps the words when the link is lost and sends them with the next view', async () => {
    const { writer, form, asked, failWith } = rig()
    await writer.focus('phone')
    failWith(new LinkLost())
    writer.type('138')
    await vi.advanceTimersByTimeAsync(400)
    expect(writer.draft?.text).toBe('138')
    failWith(undefined)
    writer.seen(form)
    await vi.advanceTimersByTimeAsync(400)
    expect(asked.at(-1)).toBe('phone=138@0')
    expect(form.values['phone']?.text).toBe('138')
  })

  it('types no more than the server takes', async () => {
    const { writer } = rig()
    await writer.focus('household')
    writer.type('1234')
    expect(writer.draft?.text).toBe('12')
  })
})
