import { describe, expect, it } from 'vitest'
import { judge, runTest } from './network-test'
import type { NetworkReading } from './network-test'

const reading = (more: Partial<NetworkReading> = {}): NetworkReading => ({
  connected: true,
  rttMs: 40,
  lossOut: 0,
  bitsOut: 150_000,
  ...more,
})

describe('the network test', () => {
  it.each([
    ['good', [reading(), reading()]],
    ['weak', [reading({ rttMs: 500 }), reading({ rttMs: 400 })]],
    ['weak', [reading({ lossOut: 0.1 }), reading()]],
    ['bad', [reading({ rttMs: 900 })]],
    ['bad', [reading({ lossOut: 0.3 })]],
    ['bad', [reading(), reading({ connected: false })]],
    ['bad', []],
  ] as const)('finds it %s', (result, readings) => expect(judge(readings)).toBe(result))

  it('reads once a second and stops when nobody waits', async () => {
    const shares: number[] = []
    let stopped = false
    const options = {
      sleep: () => Promise.resolve(),
      stop: () => stopped,
      progress: (share: number) => {
        shares.push(share)
        stopped = share >= 0.6
      },
    }
    const told = await runTest(() => Promise.resolve(reading()), options)
    expect(shares).toEqual([0.2, 0.4, 0.6])
    expect(told.result).toBe('good')
  })
})
