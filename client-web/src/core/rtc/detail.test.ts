import { expect, it } from 'vitest'
import { details, lossOut } from './detail'

const rows = [
  { type: 'candidate-pair', state: 'succeeded' },
  {
    type: 'outbound-rtp',
    kind: 'video',
    mid: '1',
    rid: 'q',
    bytesSent: 900,
    frameWidth: 240,
    frameHeight: 135,
  },
  { type: 'inbound-rtp', kind: 'video', mid: '10', bytesReceived: 5, freezeCount: 2, framesPerSecond: 24.6 },
  { type: 'inbound-rtp', kind: 'video', mid: '8', bytesReceived: 5, packetsLost: -1, jitter: 0.0123 },
  { type: 'inbound-rtp', kind: 'audio', mid: '3', bytesReceived: 0 },
  { type: 'remote-inbound-rtp', fractionLost: 0.04 },
  { type: 'remote-inbound-rtp', fractionLost: 0.01 },
]

it('lists the streams that carry something, in the order of their lines', () => {
  const found = details(rows)
  expect(found.map((one) => `${one.way} ${one.mid}`)).toEqual(['in 8', 'in 10', 'out 1'])
  expect(found[0]).toMatchObject({ lost: 0, jitterMs: 12 })
  expect(found[1]).toMatchObject({ freezes: 2, fps: 25 })
  expect(found[2]).toMatchObject({ rid: 'q', width: 240 })
})

it('takes the worst loss that the other side reports', () => {
  expect(lossOut(rows)).toBe(0.04)
  expect(lossOut([])).toBe(0)
})
