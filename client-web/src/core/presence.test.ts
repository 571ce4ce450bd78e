import { describe, expect, it } from 'vitest'
import { graceLeft } from './presence'

describe('the grace of a side that is away', () => {
  const until = 1_773_195_300_000_000
  const left = (secondsBefore: number) =>
    graceLeft({ kind: 'away', until }, until / 1000 - secondsBefore * 1000)

  it('is counted down to the moment that the server named', () => {
    expect([left(120), left(119.2), left(0.1), left(0), left(-5)]).toEqual([120, 120, 1, 0, 0])
  })

  it('does not run while a side is there, or was only not heard for a moment', () => {
    expect(graceLeft({ kind: 'here' }, 0)).toBeUndefined()
    expect(graceLeft({ kind: 'quiet' }, 0)).toBeUndefined()
  })
})
