import { Emitter } from '../events'
import { AUDIO_SLOTS, VIDEO_SLOTS, layOut } from './slots'
import type { Lines } from './slots'
import { StatsReader } from './stats'
import type { LinkStats } from './stats'

export type MediaState = 'idle' | 'connecting' | 'connected' | 'interrupted'

export interface MediaOptions {
  /** Sends an offer and gives the answer; rejects when there is no link or the server refuses. */
  offer: (sdp: string, restart: boolean) => Promise<string>
  /** Tells the server how large a slot is drawn. */
  slotSize: (slot: number, height: number) => void
  createPeer?: () => RTCPeerConnection
}

interface MediaEvents {
  state: MediaState
}

type Kind = 'mic' | 'camera' | 'aux'

/** How long ICE may stay disconnected before it is restarted: short losses heal by themselves. */
const RESTART_AFTER_MS = 1500
/** A join that is not through by then is tried anew. */
const JOIN_WITHIN_MS = 6000

/**
 * The one peer connection of a page, with its fixed lines. Tracks are put in and taken out without a new offer; only
 * a lost path is a second one. The streams stay the same objects for the whole life of the page, so that a video
 * element never has to be given another.
 */
export class Media {
  readonly audio: readonly MediaStream[] = Array.from({ length: AUDIO_SLOTS }, () => new MediaStream())
  readonly video: readonly MediaStream[] = Array.from({ length: VIDEO_SLOTS }, () => new MediaStream())
  readonly #options: MediaOptions
  readonly #events = new Emitter<MediaEvents>()
  readonly #tracks: Record<Kind, MediaStreamTrack | null> = { mic: null, camera: null, aux: null }
  readonly #heights = new Map<number, number>()
  #reader = new StatsReader()
  #peer: RTCPeerConnection | undefined
  #lines: Lines | undefined
  #allLayers = false
  #state: MediaState = 'idle'
  #timer: ReturnType<typeof setTimeout> | undefined
  #offering = false

  constructor(options: MediaOptions) {
    this.#options = options
  }

  get state(): MediaState {
    return this.#state
  }

  /** For tests and for the statistics panel. */
  get peer(): RTCPeerConnection | undefined {
    return this.#peer
  }

  on<K extends keyof MediaEvents>(name: K, listener: (value: MediaEvents[K]) => void): () => void {
    return this.#events.on(name, listener)
  }

  /** Makes a connection unless there is a good one; `anew` when the server has lost its side. */
  async connect(anew = false): Promise<void> {
    if (this.#peer && !anew) return this.#reoffer()
    this.#drop()
    const peer = this.#options.createPeer?.() ?? new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
    this.#peer = peer
    this.#lines = layOut(peer)
    this.#reader = new StatsReader()
    peer.oniceconnectionstatechange = () => this.#peer === peer && this.#followIce(peer)
    peer.onconnectionstatechange = () => this.#peer === peer && this.#followIce(peer)
    this.#fillStreams(this.#lines)
    this.#setState('connecting')
    await Promise.all((['mic', 'camera', 'aux'] as const).map((kind) => this.#put(kind)))
    await this.#sendOffer(peer, false)
  }

  close(): void {
    this.#drop()
    this.#setState('idle')
  }

  setTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[kind] = track
    return this.#put(kind)
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.#tracks[kind]
  }

  /** Before the ring only the smallest layer is sent; in a call all of them. */
  async setAllLayers(on: boolean): Promise<void> {
    this.#allLayers = on
    const sender = this.#lines?.camera.sender
    if (!sender) return
    const parameters = sender.getParameters()
    if (!parameters.encodings || parameters.encodings.length < 2) return
    const wanted = (index: number) => on || index === 0
    // Saying again what holds may cost an encoder its start.
    if (parameters.encodings.every((encoding, index) => (encoding.active ?? true) === wanted(index))) return
    parameters.encodings.forEach((encoding, index) => (encoding.active = wanted(index)))
    try {
      await sender.setParameters(parameters)
    } catch {
      // The sender was replaced or stopped meanwhile; `connect` sets it again.
    }
  }

  /** Height in device pixels; zero hides. Told once per change and again after a new connection. */
  setSlotHeight(slot: number, height: number): void {
    const rounded = Math.min(4320, Math.max(0, Math.round(height)))
    if (this.#heights.get(slot) === rounded) return
    this.#heights.set(slot, rounded)
    if (this.#state === 'connected') this.#options.slotSize(slot, rounded)
  }

  async stats(): Promise<LinkStats | undefined> {
    const report = await this.#peer?.getStats()
    return report && this.#reader.read(report.values(), Date.now())
  }

  async #reoffer(): Promise<void> {
    const peer = this.#peer
    if (peer && this.#state !== 'connected' && !this.#offering) await this.#restart(peer)
  }

  async #put(kind: Kind): Promise<void> {
    const sender = this.#lines?.[kind].sender
    if (!sender) return
    await sender.replaceTrack(this.#tracks[kind])
    if (kind === 'camera') await this.setAllLayers(this.#allLayers)
  }

  async #sendOffer(peer: RTCPeerConnection, restart: boolean): Promise<void> {
    this.#offering = true
    try {
      const offer = await peer.createOffer({ iceRestart: restart })
      await peer.setLocalDescription(offer)
      const answer = await this.#options.offer(peer.localDescription?.sdp ?? offer.sdp ?? '', restart)
      if (this.#peer !== peer) return
      await peer.setRemoteDescription({ type: 'answer', sdp: answer })
      await this.setAllLayers(this.#allLayers)
      this.#retryUnlessConnected(peer, JOIN_WITHIN_MS)
    } catch (error) {
      if (this.#peer !== peer) return
      if (peer.signalingState === 'have-local-offer') {
        await peer.setLocalDescription({ type: 'rollback' }).catch(() => undefined)
      }
      this.#setState('interrupted')
      throw error
    } finally {
      this.#offering = false
    }
  }

  async #restart(peer: RTCPeerConnection): Promise<void> {
    if (this.#offering || peer.signalingState !== 'stable') return
    // A join that never got an answer has nothing to restart.
    if (!peer.remoteDescription) return this.connect(true)
    await this.#sendOffer(peer, true)
  }

  #followIce(peer: RTCPeerConnection): void {
    if (peer.connectionState === 'connected' && peer.iceConnectionState !== 'disconnected') {
      clearTimeout(this.#timer)
      if (this.#state === 'connected') return
      this.#setState('connected')
      for (const [slot, height] of this.#heights) this.#options.slotSize(slot, height)
    } else if (
      ['disconnected', 'failed'].includes(peer.iceConnectionState) ||
      peer.connectionState === 'failed'
    ) {
      this.#setState('interrupted')
      this.#retryUnlessConnected(peer, RESTART_AFTER_MS)
    }
  }

  #retryUnlessConnected(peer: RTCPeerConnection, afterMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#peer !== peer || this.#state === 'connected') return
      const again = peer.connectionState === 'failed' ? this.connect(true) : this.#restart(peer)
      again
        .catch(() => undefined)
        .finally(() => this.#peer && this.#retryUnlessConnected(this.#peer, JOIN_WITHIN_MS))
    }, afterMs)
  }

  #fillStreams(lines: Lines): void {
    const fill = (streams: readonly MediaStream[], transceivers: RTCRtpTransceiver[]) =>
      streams.forEach((stream, index) => {
        for (const old of stream.getTracks()) stream.removeTrack(old)
        const track = transceivers[index]?.receiver.track
        if (track) stream.addTrack(track)
      })
    fill(this.audio, lines.audio)
    fill(this.video, lines.video)
  }

  #drop(): void {
    clearTimeout(this.#timer)
    this.#peer?.close()
    this.#peer = undefined
    this.#lines = undefined
  }

  #setState(state: MediaState): void {
    if (this.#state === state) return
    this.#state = state
    this.#events.emit('state', state)
  }
}
