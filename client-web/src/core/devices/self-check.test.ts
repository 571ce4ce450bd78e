import { describe, expect, it } from 'vitest'
import { selfCheck } from '.'
import type { Lamps, Test } from '.'

const good: Test = async () => 'good'

describe('self-check', () => {
  it('lights the lamps in order, whatever one of them does', async () => {
    const told: Lamps[] = []
    const tests = {
      camera: async () => Promise.reject(new Error('unplugged')),
      microphone: good,
      speaker: good,
      network: good,
      reader: async () => 'absent' as const,
    }
    const lamps = await selfCheck(tests, (l) => told.push(l))
    expect(lamps).toEqual({
      camera: 'bad',
      microphone: 'good',
      speaker: 'good',
      network: 'good',
      reader: 'absent',
    })
    expect(told[0]).toMatchObject({ camera: 'testing', microphone: 'waiting' })
    expect(told).toHaveLength(10)
  })

  it('does not wait for a device that never answers', async () => {
    const never: Test = () => new Promise(() => undefined)
    const lamps = await selfCheck(
      { camera: never, microphone: good, speaker: good, network: good, reader: good },
      () => undefined,
      1,
    )
    expect(lamps.camera).toBe('bad')
  })
})
