import { describe, expect, it } from 'vitest'
import { StatsReader, bars } from '.'

const report = (lost: number, received: number, bytes: number, rtt: number) => [
  { type: 'inbound-rtp', packetsLost: lost, packetsReceived: received, bytesReceived: bytes },
  { type: 'outbound-rtp', bytesSent: bytes * 2 },
  { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: rtt / 1000 },
  { type: 'candidate-pair', nominated: false, state: 'waiting', currentRoundTripTime: 9 },
]

describe('StatsReader', () => {
  it('makes rates of totals', () => {
    const reader = new StatsReader()
    expect(reader.read(report(0, 100, 1000, 50), 1000)).toMatchObject({ lossIn: 0, bitsIn: 0, rttMs: 50 })
    expect(reader.read(report(10, 190, 2000, 60), 3000)).toMatchObject({
      lossIn: 0.1,
      bitsIn: 4000,
      bitsOut: 8000,
      rttMs: 60,
    })
  })

  it('starts again when a new connection counts from zero', () => {
    const reader = new StatsReader()
    reader.read(report(50, 1000, 9000, 50), 1000)
    expect(reader.read(report(0, 10, 100, 50), 2000)).toMatchObject({ lossIn: 0, bitsIn: 0 })
  })
})

describe('bars', () => {
  const with_ = (lossIn: number, rttMs: number) =>
    bars({ lossIn, rttMs, bitsIn: 0, bitsOut: 0, sendable: undefined }, true)
  it('falls with loss and delay', () => {
    expect([with_(0, 20), with_(0.03, 20), with_(0, 300), with_(0.1, 20), with_(0.2, 20)]).toEqual([
      4, 3, 3, 2, 1,
    ])
  })
  it('is none without a connection', () => expect(bars(undefined, false)).toBe(0))
})
