import { expect, it, vi } from 'vitest'
import { Attention } from './attention'

it('calls at once and again every 30 s until it may rest', () => {
  vi.useFakeTimers()
  const log: string[] = []
  const attention = new Attention({
    setTitle: (title) => log.push(`title ${title}`),
    setIcon: (ringing) => log.push(`icon ${ringing}`),
    notify: ({ body }) => {
      log.push(`notify ${body}`)
      return () => log.push('close')
    },
  })
  attention.rest()
  attention.call({ title: 'T', body: 'B' })
  attention.call({ title: 'T', body: 'B' })
  expect(log).toEqual(['title T', 'notify B', 'icon true'])
  vi.advanceTimersByTime(30_000)
  expect(log.slice(3)).toEqual(['close', 'notify B', 'icon true'])
  attention.rest()
  expect(log.slice(6)).toEqual(['close', 'title undefined', 'icon false'])
  vi.advanceTimersByTime(90_000)
  expect(log).toHaveLength(9)
  vi.useRealTimers()
})
