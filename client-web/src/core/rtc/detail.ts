/** What each stream of a connection does, for the statistics panel. */
export interface StreamDetail {
  kind: 'audio' | 'video'
  way: 'in' | 'out'
  /** The transceiver line that it belongs to. */
  mid: string
  /** Simulcast layer, on the way out. */
  rid: string | undefined
  width: number
  height: number
  fps: number
  /** Packets lost, as the receiver counts them. */
  lost: number
  freezes: number
  jitterMs: number
}

/** The streams that carry something. */
export function details(report: Iterable<Record<string, unknown>>): StreamDetail[] {
  const found: StreamDetail[] = []
  for (const row of report) {
    const way = row['type'] === 'inbound-rtp' ? 'in' : row['type'] === 'outbound-rtp' ? 'out' : undefined
    const kind = row['kind']
    if (!way || (kind !== 'audio' && kind !== 'video')) continue
    const bytes = number(row[way === 'in' ? 'bytesReceived' : 'bytesSent'])
    if (bytes === 0) continue
    found.push({
      kind,
      way,
      mid: typeof row['mid'] === 'string' ? row['mid'] : '',
      rid: typeof row['rid'] === 'string' ? row['rid'] : undefined,
      width: number(row['frameWidth']),
      height: number(row['frameHeight']),
      fps: Math.round(number(row['framesPerSecond'])),
      lost: Math.max(0, number(row['packetsLost'])),
      freezes: number(row['freezeCount']),
      jitterMs: Math.round(number(row['jitter']) * 1000),
    })
  }
  return found.sort(
    (a, b) => a.way.localeCompare(b.way) || a.mid.localeCompare(b.mid, 'en', { numeric: true }),
  )
}

/** The share of what was sent that the server missed lately, 0 to 1 (RFC 3550 §6.4.1, fraction lost). */
export function lossOut(report: Iterable<Record<string, unknown>>): number {
  let worst = 0
  for (const row of report) {
    if (row['type'] === 'remote-inbound-rtp') worst = Math.max(worst, number(row['fractionLost']))
  }
  return Math.min(1, worst)
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
