import { describe, expect, it } from 'vitest'
import type { Http } from '@/core/api'
import type { DocumentCamera } from '@/core/devices'
import type { CallView } from '@/core/protocol'
import { Capture } from './capture'
import type { Taking } from './capture'

const view = (capture?: CallView['capture']) => ({ id: 'call', ...(capture ? { capture } : {}) }) as CallView
const request = { still: 'still-1', material: 'HK' }

function rig(has: { camera?: boolean; upload?: () => Promise<string> } = {}) {
  const told: string[] = []
  const seen: (Taking['sent'] | undefined)[] = []
  const capture = new Capture({
    http: {} as Http,
    camera: () => ((has.camera ?? true) ? ({} as DocumentCamera) : undefined),
    failed: (call, still) => told.push(`failed ${call} ${still}`),
    shutter: () => told.push('shutter'),
    take: async () => new Blob(['picture']),
    upload: async (_http, upload, options) => {
      told.push(`upload ${upload.still}`)
      options?.onProgress?.(3, 6)
      return has.upload?.() ?? 'digest'
    },
  })
  capture.onChange((taking) => seen.push(taking?.sent))
  return { capture, told, seen }
}

describe('a still', () => {
  it('is taken and sent once, however often the view says so', async () => {
    const { capture, told, seen } = rig()
    await Promise.all([capture.see(view(request)), capture.see(view(request))])
    expect(told).toEqual(['shutter', 'upload still-1'])
    await capture.see(view())
    expect(seen).toEqual([0, 0.5, undefined])
  })

  it('is reported when there is no camera, or when it cannot be sent', async () => {
    const none = rig({ camera: false })
    await none.capture.see(view(request))
    expect(none.told).toEqual(['failed call still-1'])
    const broken = rig({ upload: () => Promise.reject(new Error('gone')) })
    await broken.capture.see(view(request))
    expect(broken.told.at(-1)).toBe('failed call still-1')
    expect(broken.capture.taking?.sent).toBe('failed')
  })
})
