/** The other end of the media connection: a peer in the very page that plays a drawn citizen and a drawn paper. */
import type { Page } from '@playwright/test'

/** Answers an offer as the server would: everything received, the first two video slots filled. */
export function answerMedia(page: Page, sdp: string): Promise<string> {
  return page.evaluate(async (offer) => {
    const draw = (width: number, height: number, paint: (c: CanvasRenderingContext2D) => void) => {
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = height
      const context = canvas.getContext('2d')
      if (!context) throw new Error('no canvas')
      const again = () => {
        paint(context)
        setTimeout(again, 100)
      }
      again()
      return canvas.captureStream(10).getVideoTracks()[0]
    }
    const face = () =>
      draw(1280, 960, (c) => {
        c.fillStyle = '#e8dfcb'
        c.fillRect(0, 0, 1280, 960)
        c.fillStyle = '#5d7a63'
        c.fillRect(280, 660, 720, 300)
        c.fillStyle = '#e9b88c'
        c.beginPath()
        c.ellipse(640, 430, 200, 260, 0, 0, 7)
        c.fill()
        c.fillStyle = '#33414d'
        for (const x of [560, 720]) c.fillRect(x - 12, 400, 24, 24)
        c.fillRect(570, 560, 140, 10)
        c.fillStyle = `rgb(0 0 0 / ${(Date.now() % 1000) / 100_000})`
        c.fillRect(0, 0, 8, 8)
      })
    const document_ = () =>
      draw(1920, 1080, (c) => {
        c.fillStyle = '#2b3a38'
        c.fillRect(0, 0, 1920, 1080)
        c.fillStyle = '#f1e9d8'
        c.fillRect(560, 200, 800, 620)
        c.fillStyle = '#7b2626'
        c.fillRect(560, 200, 800, 110)
        c.fillStyle = '#fff'
        c.font = 'bold 60px sans-serif'
        c.fillText('残疾人证', 800, 278)
        c.fillStyle = '#333'
        c.font = '44px sans-serif'
        ;['姓名　王**', '类别　肢体', '等级　三级'].forEach((line, n) => c.fillText(line, 700, 420 + n * 90))
        c.fillStyle = `rgb(0 0 0 / ${(Date.now() % 1000) / 100_000})`
        c.fillRect(0, 0, 8, 8)
      })
    const peer = new RTCPeerConnection()
    await peer.setRemoteDescription({ type: 'offer', sdp: offer })
    const videos = peer.getTransceivers().filter((one) => one.receiver.track.kind === 'video')
    const pictures = [face(), document_()]
    for (const [n, track] of pictures.entries()) {
      const line = videos[2 + n]
      if (!line || !track) continue
      line.direction = 'sendonly'
      await line.sender.replaceTrack(track)
    }
    await peer.setLocalDescription(await peer.createAnswer())
    if (peer.iceGatheringState !== 'complete')
      await new Promise<void>((done) =>
        peer.addEventListener(
          'icegatheringstatechange',
          () => peer.iceGatheringState === 'complete' && done(),
        ),
      )
    Object.assign(window, { citizen: peer })
    return peer.localDescription?.sdp ?? ''
  }, sdp)
}
