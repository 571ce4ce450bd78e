import { describe, expect, it } from 'vitest'
import { Http } from '../api'
import { sha256Hex, uploadStill } from '.'

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ code }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

/** A tus server that loses the connection at the given PATCH requests: before or after the bytes arrived. */
function rig(faults: ('before' | 'after' | undefined)[]) {
  const kept: number[] = []
  const log: string[] = []
  let patches = 0
  const fake = (async (url: string, init: RequestInit) => {
    log.push(`${init.method} ${url}`)
    const headers = new Headers(init.headers)
    if (init.method === 'POST')
      return new Response(null, { status: 201, headers: { location: '/api/v1/stills/s1' } })
    if (init.method === 'HEAD') {
      return new Response(null, { status: 200, headers: { 'upload-offset': String(kept.length) } })
    }
    const fault = faults[patches++]
    if (fault === 'before') throw new TypeError('network')
    if (Number(headers.get('upload-offset')) !== kept.length) return problem(409, 'other_offset')
    kept.push(...new Uint8Array(init.body as ArrayBuffer))
    if (fault === 'after') throw new TypeError('network')
    return new Response(null, { status: 204, headers: { 'upload-offset': String(kept.length) } })
  }) as typeof fetch
  return { http: new Http({ fetch: fake }), kept, log }
}

const bytes = Uint8Array.from({ length: 1000 }, (_, n) => n % 251)
const still = { still: 's1', call: 'c1', picture: new Blob([bytes], { type: 'image/jpeg' }) }
const options = { chunkBytes: 300, sleep: async () => undefined }

describe('uploadStill', () => {
  it('sends every byte once and gives the digest', async () => {
    const { http, kept, log } = rig([])
    const digest = await uploadStill(http, still, options)
    expect(kept).toEqual([...bytes])
    expect(digest).toBe(await sha256Hex(bytes.buffer))
    expect(log.filter((line) => line.startsWith('PATCH'))).toHaveLength(4)
  })

  it('goes on where a lost connection ended, whether the bytes had arrived or not', async () => {
    const { http, kept, log } = rig([undefined, 'before', undefined, 'after'])
    await uploadStill(http, still, options)
    expect(kept).toEqual([...bytes])
    expect(log.filter((line) => line.startsWith('HEAD')).length).toBeGreaterThanOrEqual(2)
  })

  it('sends nothing more once the citizen has stopped it', async () => {
    const log: string[] = []
    const fake = (async (_url: string, init: RequestInit) => {
      log.push(init.method ?? '')
      if (init.method === 'POST')
        return new Response(null, { status: 201, headers: { location: '/stills/s1' } })
      return problem(409, 'not_asked')
    }) as typeof fetch
    await expect(uploadStill(new Http({ fetch: fake }), still, options)).rejects.toMatchObject({
      code: 'not_asked',
    })
    expect(log).toEqual(['POST', 'PATCH'])
  })

  it('gives up at a refusal', async () => {
    const http = new Http({ fetch: (async () => new Response(null, { status: 403 })) as typeof fetch })
    await expect(uploadStill(http, still, options)).rejects.toMatchObject({ status: 403 })
  })
})
