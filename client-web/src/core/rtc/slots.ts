/** The fixed lines of the one offer: mic, camera, aux, then five audio and six video to receive. */
export const AUDIO_SLOTS = 5
export const VIDEO_SLOTS = 6

/** Simulcast of the camera, smallest first. */
export const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
]

export interface Lines {
  mic: RTCRtpTransceiver
  camera: RTCRtpTransceiver
  aux: RTCRtpTransceiver
  audio: RTCRtpTransceiver[]
  video: RTCRtpTransceiver[]
}

/** Lays out the lines in the order that the server expects. */
export function layOut(peer: RTCPeerConnection): Lines {
  const mic = peer.addTransceiver('audio', { direction: 'sendonly' })
  const camera = peer.addTransceiver('video', {
    direction: 'sendonly',
    sendEncodings: LAYERS.map((l) => ({ ...l })),
  })
  const aux = peer.addTransceiver('video', {
    direction: 'sendonly',
    sendEncodings: [{ maxBitrate: 2_500_000 }],
  })
  const audio = Array.from({ length: AUDIO_SLOTS }, () =>
    peer.addTransceiver('audio', { direction: 'recvonly' }),
  )
  const video = Array.from({ length: VIDEO_SLOTS }, () =>
    peer.addTransceiver('video', { direction: 'recvonly' }),
  )
  for (const line of [mic, ...audio]) prefer(line, 'audio', ['audio/opus'])
  for (const line of [camera, aux, ...video]) prefer(line, 'video', ['video/vp8', 'video/rtx'])
  return { mic, camera, aux, audio, video }
}

function prefer(line: RTCRtpTransceiver, kind: 'audio' | 'video', wanted: string[]): void {
  const known = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? []
  const codecs = known.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()))
  if (codecs.length > 0) line.setCodecPreferences?.(codecs)
}
