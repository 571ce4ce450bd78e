/**
 * Notes every encoded picture of a page on its way out of the encoder and on its way in from the network, so that what the
 * server put out is held against what it was given: neither the camera's file, nor the encoder, nor the screen stands
 * between. RTCRtpScriptTransform hands a picture on unchanged; behind the depacketizer and before the decoder.
 */
import type { Page } from '@playwright/test'
import type { Frame, Stall } from './frames'

/** A name that no page of ours has, on the page's own host: its policy forbids workers from elsewhere. */
const WORKER = '/__frames.js'

/** What was noted at a page. */
export interface Noted {
  frames: Frame[]
  stalls: Stall[]
}

declare global {
  interface Window {
    __cloudWindowFrames?: () => Promise<Noted>
  }
}

/** Must be called before the page loads. */
export async function tapFrames(page: Page): Promise<void> {
  await page
    .context()
    .route(`**${WORKER}`, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: `(${inWorker.toString()})()` }),
    )
  await page.addInitScript(inPage, WORKER)
}

/** Takes what was noted since the last time. */
export async function takeFrames(page: Page): Promise<Noted> {
  return page.evaluate(() => {
    if (!window.__cloudWindowFrames) throw new Error('no connection was tapped')
    return window.__cloudWindowFrames()
  })
}

/** Gives the camera's sender and every picture slot a transform as soon as their lines are laid out. */
function inPage(path: string): void {
  interface Transformed {
    transform: unknown
  }
  type Transform = new (worker: Worker, options: object) => unknown
  const { RTCRtpScriptTransform } = window as unknown as { RTCRtpScriptTransform: Transform }
  let worker: Worker | undefined
  const tap = (on: unknown, way: Frame['way'], line: number) => {
    worker ??= new Worker(path)
    ;(on as Transformed).transform = new RTCRtpScriptTransform(worker, { way, line })
  }
  const lines = new WeakMap<RTCPeerConnection, number>()
  const add = RTCPeerConnection.prototype.addTransceiver
  RTCPeerConnection.prototype.addTransceiver = function (kind, init) {
    const line = lines.get(this) ?? 0
    lines.set(this, line + 1)
    const transceiver = add.call(this, kind, init)
    if (kind === 'video' && init?.direction === 'recvonly') tap(transceiver.receiver, 'received', line)
    if (kind === 'video' && (init?.sendEncodings?.length ?? 0) > 1) tap(transceiver.sender, 'sent', line)
    return transceiver
  }
  window.__cloudWindowFrames = () =>
    new Promise((resolve, reject) => {
      if (!worker) return reject(new Error('no connection was tapped'))
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<Noted>) => {
        port1.close()
        resolve(data)
      }
      worker.postMessage('take', [port2])
    })
}

/** Hands every picture on as it is, and notes when, of which stream, and a digest of its bytes. */
function inWorker(): void {
  interface Encoded {
    type: string
    data: ArrayBuffer
    getMetadata(): { synchronizationSource?: number; rtpTimestamp?: number; width?: number }
  }
  interface Transformer {
    options: { way: Frame['way']; line: number }
    readable: ReadableStream<Encoded>
    writable: WritableStream<Encoded>
  }
  let noted: Noted = { frames: [], stalls: [] }
  // FNV-1a, twice from different beginnings: 64 bits, and quick enough for every byte of a call.
  const digest = (bytes: Uint8Array) => {
    let a = 0x811c9dc5
    let b = 0x9747b28c
    for (const byte of bytes) {
      a = Math.imul(a ^ byte, 0x01000193)
      b = Math.imul(b ^ byte, 0x01000193)
    }
    return `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}-${bytes.length}`
  }
  const now = () => performance.timeOrigin + performance.now()
  const note = ({ options }: Transformer, frame: Encoded) => {
    const { synchronizationSource = 0, rtpTimestamp = 0, width = 0 } = frame.getMetadata()
    noted.frames.push({
      ...options,
      at: now(),
      ssrc: synchronizationSource,
      time: rtpTimestamp,
      key: frame.type === 'key',
      width,
      digest: digest(new Uint8Array(frame.data)),
    })
  }
  // Twenty milliseconds that took much longer: nobody here could have noted anything in time.
  let before = now()
  setInterval(() => {
    const at = now()
    if (at - before > 60) noted.stalls.push({ at, ms: at - before - 20 })
    before = at
  }, 20)
  const scope = self as unknown as {
    onrtctransform: (event: { transformer: Transformer }) => void
    onmessage: (event: MessageEvent) => void
  }
  scope.onrtctransform = ({ transformer }) => {
    const through = new TransformStream<Encoded, Encoded>({
      transform(frame, on) {
        note(transformer, frame)
        on.enqueue(frame)
      },
    })
    // A closed connection ends the pipe.
    transformer.readable
      .pipeThrough(through)
      .pipeTo(transformer.writable)
      .catch(() => undefined)
  }
  scope.onmessage = ({ ports }) => {
    ports[0]?.postMessage(noted)
    noted = { frames: [], stalls: [] }
  }
}
