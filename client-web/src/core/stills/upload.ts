import { Problem, Unreachable } from '../api'
import type { Http } from '../api'

/** A picture on its way to the server, by the resumable protocol tus 1.0. */
export interface StillUpload {
  still: string
  call: string
  picture: Blob
}

export interface UploadOptions {
  chunkBytes?: number
  /** Pauses between attempts, in milliseconds; after the last one it is given up. */
  pauses?: readonly number[]
  sleep?: (ms: number) => Promise<void>
  onProgress?: (sent: number, total: number) => void
}

const TUS = { 'tus-resumable': '1.0.0' }

/** SHA-256 as lower-case hexadecimal. */
export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Uploads and resumes where a lost connection ended; the server tests the digest at the end. */
export async function uploadStill(
  http: Http,
  upload: StillUpload,
  options: UploadOptions = {},
): Promise<string> {
  const bytes = await upload.picture.arrayBuffer()
  const digest = await sha256Hex(bytes)
  const location = await again(options, () => create(http, upload, bytes.byteLength, digest))
  const chunk = options.chunkBytes ?? 256 * 1024
  let offset = 0
  while (offset < bytes.byteLength) {
    offset = await again(options, async (retried) => {
      const from = retried ? await offsetOf(http, location) : offset
      if (from >= bytes.byteLength) return from
      const part = bytes.slice(from, from + chunk)
      const response = await http.raw(
        'PATCH',
        location,
        {
          headers: {
            ...TUS,
            'upload-offset': String(from),
            'content-type': 'application/offset+octet-stream',
          },
        },
        part,
      )
      return offsetIn(response) ?? from + part.byteLength
    })
    options.onProgress?.(offset, bytes.byteLength)
  }
  return digest
}

async function create(http: Http, upload: StillUpload, length: number, digest: string): Promise<string> {
  const metadata = Object.entries({
    still: upload.still,
    call: upload.call,
    digest,
    type: upload.picture.type || 'image/jpeg',
  })
    .map(([key, value]) => `${key} ${btoa(value)}`)
    .join(',')
  const response = await http.raw('POST', '/stills', {
    headers: { ...TUS, 'upload-length': String(length), 'upload-metadata': metadata },
  })
  const location = response.headers.get('location') ?? `/api/v1/stills/${upload.still}`
  return location.replace(/^https?:\/\/[^/]+/, '').replace(/^\/api\/v1/, '')
}

async function offsetOf(http: Http, location: string): Promise<number> {
  return offsetIn(await http.raw('HEAD', location, { headers: TUS })) ?? 0
}

function offsetIn(response: Response): number | undefined {
  const text = response.headers.get('upload-offset')
  return text === null ? undefined : Number(text)
}

/** Tries again after what time may heal: no answer, a conflict of offsets, a server in trouble. */
async function again<T>(options: UploadOptions, attempt: (retried: boolean) => Promise<T>): Promise<T> {
  const pauses = options.pauses ?? [300, 1000, 2000, 4000, 8000]
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)))
  for (let n = 0; ; n++) {
    try {
      return await attempt(n > 0)
    } catch (error) {
      const passing =
        error instanceof Unreachable ||
        (error instanceof Problem && (error.code === 'other_offset' || error.status >= 500))
      const pause = pauses[n]
      if (!passing || pause === undefined) throw error
      await sleep(pause)
    }
  }
}
