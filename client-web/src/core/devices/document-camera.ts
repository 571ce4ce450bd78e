import { DeviceError, openDocumentCamera } from '../rtc'

/** Words in the names of document cameras on the market; without one, the second camera is taken. */
const NAMES = /document|doc\s?cam|scan|高拍|文档|掃描|扫描/i

/** Stills beyond this are made smaller: the server takes 12 MiB. */
const MOST_BYTES = 11 * 1024 * 1024
/** Drivers exist whose `takePhoto` never answers. */
const PHOTO_WITHIN_MS = 4000

/** Which camera looks at the desk, if there is one beside the camera that looks at the citizen. */
export function documentCameraAmong(
  devices: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
  faceDeviceId: string | undefined,
): string | undefined {
  const cameras = devices.filter((d) => d.kind === 'videoinput' && d.deviceId !== '')
  const others = cameras.filter((d) => d.deviceId !== faceDeviceId)
  if (cameras.length < 2) return undefined
  const named = others.find((d) => NAMES.test(d.label))
  // Which of them looks at the face is not known while that one is off: a guess might show somebody who chose no picture.
  if (faceDeviceId === undefined) return named?.deviceId
  return (named ?? others[0])?.deviceId
}

/** A picture source that stills are taken from: a camera's track, or a canvas in tests. */
export interface DocumentCamera {
  track: MediaStreamTrack
  canvas?: HTMLCanvasElement
}

/** Opens the document camera; none if the machine has only one camera. */
export async function openTerminalDocumentCamera(
  faceDeviceId: string | undefined,
  canvas?: HTMLCanvasElement,
): Promise<DocumentCamera | undefined> {
  if (canvas) {
    const [track] = canvas.captureStream(10).getVideoTracks()
    if (!track) throw new DeviceError('document_camera', 'missing')
    return { track, canvas }
  }
  const id = documentCameraAmong(await navigator.mediaDevices.enumerateDevices(), faceDeviceId)
  return id === undefined ? undefined : { track: await openDocumentCamera(id) }
}

interface PhotoTaker {
  takePhoto(): Promise<Blob>
}

/** A still at the camera's full resolution, as JPEG, PNG or WebP. */
export async function takeStill(camera: DocumentCamera): Promise<Blob> {
  if (camera.canvas) return encode(camera.canvas)
  const photo = await photograph(camera.track)
  if (photo && photo.size <= MOST_BYTES && /^image\/(jpeg|png|webp)$/.test(photo.type)) return photo
  return grab(camera.track)
}

/** Through the Image Capture API, which may give more pixels than the video has. */
async function photograph(track: MediaStreamTrack): Promise<Blob | undefined> {
  const Taker = (window as { ImageCapture?: new (track: MediaStreamTrack) => PhotoTaker }).ImageCapture
  if (!Taker) return undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PHOTO_WITHIN_MS)
  })
  try {
    return await Promise.race([new Taker(track).takePhoto(), late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** A frame of the video. */
async function grab(track: MediaStreamTrack): Promise<Blob> {
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = new MediaStream([track])
  try {
    await video.play()
    const canvas = document.createElement('canvas')
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    return await encode(canvas)
  } finally {
    video.srcObject = null
  }
}

function encode(canvas: HTMLCanvasElement): Promise<Blob> {
  if (canvas.width === 0 || canvas.height === 0)
    return Promise.reject(new DeviceError('document_camera', 'failed'))
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new DeviceError('document_camera', 'failed'))),
      'image/jpeg',
      0.92,
    ),
  )
}
