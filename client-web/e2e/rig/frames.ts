/**
 * Holds the pictures that came out of the server against those that went in: which of them, in which order, how late.
 * What the server forwards of a camera is one of its layers, picture by picture; a change of layer begins at a key picture
 * and may skip nothing the camera took.
 */
const TICKS_PER_MS = 90

/** One encoded picture as it left an encoder or came from the network. */
export interface Frame {
  way: 'sent' | 'received'
  /** The transceiver's place in the offer. */
  line: number
  /** ms since the epoch by the machine's clock: the same for every browser of a test. */
  at: number
  /** Of the layer sent, or of the slot received. */
  ssrc: number
  /** RTP time, 90 kHz. */
  time: number
  key: boolean
  /** Pixels. */
  width: number
  /** Of its bytes, which the server does not touch. */
  digest: string
}

/** A time in which a page's own note-taker was given no processor: it ended `at` and was `ms` long. */
export interface Stall {
  at: number
  ms: number
}

/** What a row of received pictures says about the way they came. */
export interface Way {
  /** Pictures received. */
  pictures: number
  /** Widths of the layers forwarded, one after the other; a layer that is switched to again counts again. */
  layers: number[]
  /** Pictures that nobody sent. */
  foreign: number
  /** Pictures between the first and the last that were sent and never came. */
  missing: number
  /**
   * Pictures that the camera took between a layer's last one and the first of the next, when it was the sender that stopped
   * the layer: browsers do so without a word when they are short of bandwidth.
   */
  abandoned: number
  /** Pictures that came again. */
  repeated: number
  /** Pictures older than one that had come before. */
  backwards: number
  /**
   * Changes of layer whose first picture the other layer had shown already: browsers send a large key picture of the one
   * between small pictures of the other, and without its key picture nothing of a layer can be shown.
   */
  turnedBack: number
  /** How old such a picture was, ms on the camera's clock. */
  longestTurnBackMs: number
  /** Changes of layer that did not begin with a key picture. */
  blindSwitches: number
  /** Pictures whose time on the way out did not grow. */
  timeStoodStill: number
  /** The longest time between two pictures at the receiver, less its own stalls, ms. */
  longestGapMs: number
  /** The same for the same pictures as they left the encoder. */
  longestSentGapMs: number
  /** The longest pause that an abandoned layer left, ms. */
  longestAbandonedMs: number
  /** From the sender's encoder to the receiver's decoder, ms. */
  delayMs: { p50: number; max: number }
}

interface Place {
  ssrc: number
  /** Which one of its layer. */
  nth: number
}

/** Where each received picture was sent, in a row, and what is wrong with the row. `received` is of one slot. */
export function follow(
  sent: readonly Frame[],
  received: readonly Frame[],
  stalls: readonly Stall[] = [],
): Way {
  const layers = layersOf(sent)
  const places = placesOf(layers)
  const captured = captureTimes(sent)
  const way = nothingYet(received.length)
  const delays: number[] = []
  let last: Step | undefined
  for (const one of received) {
    const place = nextPlace(layers, places.get(one.digest) ?? [], one.digest, last?.place)
    const from = place && layers.get(place.ssrc)?.[place.nth]
    if (!place || !from) {
      way.foreign += 1
      continue
    }
    delays.push(one.at - from.at)
    const step = { place, sent: from, received: one }
    if (last?.place.ssrc !== place.ssrc) way.layers.push(widthOf(layers.get(place.ssrc) ?? []))
    if (last) {
      const stalled = stalledBetween(stalls, last.received.at, one.at)
      way.longestGapMs = Math.max(way.longestGapMs, one.at - last.received.at - stalled)
      way.longestSentGapMs = Math.max(way.longestSentGapMs, from.at - last.sent.at)
      if (after(last.received.time, one.time) <= 0) way.timeStoodStill += 1
      if (last.place.ssrc === place.ssrc) count(way, place.nth - last.place.nth)
      else switched(way, last, step, layers.get(last.place.ssrc) ?? [], captured)
    }
    last = step
  }
  delays.sort((a, b) => a - b)
  way.delayMs = { p50: delays[delays.length >> 1] ?? 0, max: delays[delays.length - 1] ?? 0 }
  return way
}

/** Another layer: from a key picture on, and from the very next moment that the camera took. */
function switched(way: Way, last: Step, step: Step, old: readonly Frame[], captured: Captured): void {
  if (!step.received.key) way.blindSwitches += 1
  const back = -after(captured.of(last.sent), captured.of(step.sent)) / TICKS_PER_MS
  if (back >= 0) {
    way.turnedBack += 1
    way.longestTurnBackMs = Math.max(way.longestTurnBackMs, back)
    return
  }
  const taken = capturesBetween(captured, last.sent, step.sent)
  const until = captured.of(step.sent)
  const unforwarded = old.slice(last.place.nth + 1).filter((frame) => after(captured.of(frame), until) > 0)
  way.missing += unforwarded.length
  if (unforwarded.length > 0) return
  way.abandoned += taken - 1
  way.longestAbandonedMs = Math.max(way.longestAbandonedMs, step.received.at - last.received.at)
}

function stalledBetween(stalls: readonly Stall[], from: number, to: number): number {
  return stalls.reduce((sum, { at, ms }) => sum + Math.max(0, Math.min(at, to) - Math.max(at - ms, from)), 0)
}

interface Step {
  place: Place
  sent: Frame
  received: Frame
}

function nothingYet(pictures: number): Way {
  return {
    pictures,
    layers: [],
    foreign: 0,
    missing: 0,
    abandoned: 0,
    repeated: 0,
    backwards: 0,
    turnedBack: 0,
    longestTurnBackMs: 0,
    blindSwitches: 0,
    timeStoodStill: 0,
    longestGapMs: 0,
    longestSentGapMs: 0,
    longestAbandonedMs: 0,
    delayMs: { p50: 0, max: 0 },
  }
}

/** What a step in a row of numbers says. */
function count(way: Way, step: number): void {
  if (step === 0) way.repeated += 1
  else if (step < 0) way.backwards += 1
  else way.missing += step - 1
}

function layersOf(sent: readonly Frame[]): Map<number, Frame[]> {
  const layers = new Map<number, Frame[]>()
  for (const one of sent) {
    const layer = layers.get(one.ssrc)
    if (layer) layer.push(one)
    else layers.set(one.ssrc, [one])
  }
  return layers
}

function placesOf(layers: ReadonlyMap<number, readonly Frame[]>): Map<string, Place[]> {
  const places = new Map<string, Place[]>()
  for (const [ssrc, frames] of layers)
    for (const [nth, { digest }] of frames.entries())
      places.set(digest, [...(places.get(digest) ?? []), { ssrc, nth }])
  return places
}

/** Two pictures may have the same bytes: the one that is due is meant, else the nearest of the same layer. */
function nextPlace(
  layers: ReadonlyMap<number, readonly Frame[]>,
  candidates: readonly Place[],
  digest: string,
  last: Place | undefined,
): Place | undefined {
  if (!last) return candidates[0]
  if (layers.get(last.ssrc)?.[last.nth + 1]?.digest === digest) return { ssrc: last.ssrc, nth: last.nth + 1 }
  const same = candidates.filter(({ ssrc }) => ssrc === last.ssrc)
  const distance = ({ nth }: Place) => Math.abs(nth - last.nth)
  return same.sort((a, b) => distance(a) - distance(b))[0] ?? candidates[0]
}

/** Ticks from `a` to `b`, round the end of 32 bits. */
function after(a: number, b: number): number {
  return (b - a) | 0
}

interface Captured {
  of: (frame: Frame) => number
  all: readonly number[]
}

/**
 * The time of every picture taken by the camera, on the clock of the first layer. Each layer's clock begins anywhere (RFC 3550
 * §5.1); the layers of one picture leave the encoder one behind the other, so the commonest distance of the
 * nearest is the clocks'.
 */
function captureTimes(sent: readonly Frame[]): Captured {
  const base = sent[0]?.ssrc ?? 0
  const votes = new Map<number, Map<number, number>>([[base, new Map([[0, 1]])]])
  for (const [n, one] of sent.entries()) {
    if (one.ssrc === base) continue
    const near = sent.slice(Math.max(0, n - 3), n + 4).filter(({ ssrc }) => ssrc === base)
    const [nearest] = near.sort((a, b) => Math.abs(a.at - one.at) - Math.abs(b.at - one.at))
    if (!nearest) continue
    const of = votes.get(one.ssrc) ?? new Map<number, number>()
    votes.set(one.ssrc, of)
    const offset = after(nearest.time, one.time)
    of.set(offset, (of.get(offset) ?? 0) + 1)
  }
  const commonest = (of: Map<number, number>) => [...of].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0
  const offsets = new Map([...votes].map(([ssrc, of]) => [ssrc, commonest(of)]))
  const of = ({ ssrc, time }: Frame) => (time - (offsets.get(ssrc) ?? 0)) | 0
  return { of, all: sent.map(of) }
}

/** How many pictures of the camera lie from `a` to `b`, of whatever layer: 1 is the next one. */
function capturesBetween({ of, all }: Captured, a: Frame, b: Frame): number {
  const [from, to] = [of(a), of(b)]
  return new Set(all.filter((time) => after(from, time) > 0 && after(time, to) >= 0)).size
}

function widthOf(frames: readonly Frame[]): number {
  return Math.max(0, ...frames.map(({ width }) => width))
}
