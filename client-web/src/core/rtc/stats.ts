/** What the network does, from getStats of one connection. */
export interface LinkStats {
  /** Round trip of the selected pair, in milliseconds. */
  rttMs: number | undefined
  /** Share of audio and video packets lost on the way here since the last reading, 0 to 1. */
  lossIn: number
  /** Bits per second since the last reading. */
  bitsIn: number
  bitsOut: number
  /** Estimated bits per second that could be sent. */
  sendable: number | undefined
}

export type Bars = 0 | 1 | 2 | 3 | 4

interface Totals {
  at: number
  lost: number
  received: number
  bytesIn: number
  bytesOut: number
}

/** Turns totals into rates: hand it one report after the other. */
export class StatsReader {
  #last: Totals | undefined

  read(report: Iterable<Record<string, unknown>>, now: number): LinkStats {
    const totals: Totals = { at: now, lost: 0, received: 0, bytesIn: 0, bytesOut: 0 }
    let rttMs: number | undefined
    let sendable: number | undefined
    for (const row of report) {
      if (row['type'] === 'inbound-rtp') {
        totals.lost += Math.max(0, number(row['packetsLost']))
        totals.received += number(row['packetsReceived'])
        totals.bytesIn += number(row['bytesReceived'])
      } else if (row['type'] === 'outbound-rtp') totals.bytesOut += number(row['bytesSent'])
      else if (
        row['type'] === 'candidate-pair' &&
        row['nominated'] === true &&
        row['state'] === 'succeeded'
      ) {
        if (typeof row['currentRoundTripTime'] === 'number') rttMs = row['currentRoundTripTime'] * 1000
        if (typeof row['availableOutgoingBitrate'] === 'number') sendable = row['availableOutgoingBitrate']
      }
    }
    const last = this.#last
    this.#last = totals
    if (!last || totals.at <= last.at) return { rttMs, sendable, lossIn: 0, bitsIn: 0, bitsOut: 0 }
    const seconds = (totals.at - last.at) / 1000
    const lost = Math.max(0, totals.lost - last.lost)
    const received = Math.max(0, totals.received - last.received)
    return {
      rttMs,
      sendable,
      lossIn: lost + received === 0 ? 0 : lost / (lost + received),
      bitsIn: (8 * Math.max(0, totals.bytesIn - last.bytesIn)) / seconds,
      bitsOut: (8 * Math.max(0, totals.bytesOut - last.bytesOut)) / seconds,
    }
  }
}

/** Four bars good, none gone. */
export function bars(stats: LinkStats | undefined, connected: boolean): Bars {
  if (!connected) return 0
  if (!stats) return 4
  const rtt = stats.rttMs ?? 0
  if (stats.lossIn > 0.15 || rtt > 800) return 1
  if (stats.lossIn > 0.05 || rtt > 400) return 2
  if (stats.lossIn > 0.02 || rtt > 200) return 3
  return 4
}

/** Less is nothing but a dead path's leftovers. */
const STARVED_BITS = 1000

/** Nothing arrives, whatever the connection says. */
export function starved(stats: LinkStats | undefined): boolean {
  return stats !== undefined && stats.bitsIn < STARVED_BITS
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
