import { describe, expect, it } from 'vitest'
import { Http, Problem, Unreachable } from '.'
import type { NewCase } from '.'

const NEW: NewCase = {
  call: 'call-1',
  item: 'item',
  scenario: 'item/1',
  applicant: {
    name: '王大力',
    id_number: '11010519491231002X',
    phone: '13800006621',
    identity_check: { method: 'by_eye', result: 'matches' },
  },
}

function rig(answer: () => Response | Promise<Response>) {
  const seen: { url: string; init: RequestInit }[] = []
  const http = new Http({
    token: () => 'T',
    fetch: (async (url: string, init: RequestInit) => {
      seen.push({ url, init })
      return answer()
    }) as typeof fetch,
  })
  return { http, seen }
}

describe('Http', () => {
  it('sends token, headers and JSON', async () => {
    const { http, seen } = rig(() => Response.json({ id: 'case-1' }))
    const headers = { 'Idempotency-Key': 'k' }
    await expect(http.post('/cases', { body: NEW, headers })).resolves.toEqual({ id: 'case-1' })
    expect(seen[0]?.url).toBe('/api/v1/cases')
    expect(seen[0]?.init.headers).toEqual({
      accept: 'application/json',
      'Idempotency-Key': 'k',
      'content-type': 'application/json',
      authorization: 'Bearer T',
    })
    expect(seen[0]?.init.body).toBe(JSON.stringify(NEW))
  })

  it('puts parameters where they belong, and leaves out what is undefined', async () => {
    const { http, seen } = rig(() => Response.json({}))
    await http.get('/cases', { query: { mine: true, query: undefined } })
    await http.put('/cases/{id}/materials/{code}', {
      path: { id: 'case-1', code: 'a/b' },
      body: { state: 'accepted', version: 1 },
    })
    await http.blob('/papers/{id}/pages/{file}', { path: { id: 'p', file: '1.png' } })
    expect(seen.map((one) => one.url)).toEqual([
      '/api/v1/cases?mine=true',
      '/api/v1/cases/case-1/materials/a%2Fb',
      '/api/v1/papers/p/pages/1.png',
    ])
  })

  it('does not compile what the server’s document does not describe', () => {
    const asks = (http: Http) => [
      // @ts-expect-error: no such path
      http.get('/case'),
      // @ts-expect-error: not by this method
      http.post('/catalogue'),
      // @ts-expect-error: no id
      http.get('/cases/{id}'),
      // @ts-expect-error: no body
      http.post('/cases/{id}/accept', { path: { id: 'case-1' } }),
      // @ts-expect-error: not this body
      http.post('/cases/{id}/accept', { path: { id: 'case-1' }, body: { seen: 1 } }),
      // @ts-expect-error: no such parameter
      http.get('/cases', { query: { owner: 'me' } }),
      // @ts-expect-error: a case is opened only under a key
      http.post('/cases', { body: NEW }),
      // @ts-expect-error: not this answer
      http.get('/me').then((me): number => me.name),
    ]
    expect(asks).toBeTypeOf('function')
  })

  it('throws the problem that the server tells', async () => {
    const { http } = rig(() =>
      Response.json({ type: 'about:stale', detail: 'version 3', field: 'x' }, { status: 409 }),
    )
    const problem = await http.get('/me').catch((e: unknown) => e)
    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({ status: 409, code: 'stale', detail: 'version 3', more: { field: 'x' } })
  })

  it('throws by status when the answer is not ours', async () => {
    const { http } = rig(() => new Response('<html>', { status: 502 }))
    await expect(http.get('/me')).rejects.toMatchObject({ status: 502, code: '502' })
  })

  it('says that nobody answered', async () => {
    const { http } = rig(() => Promise.reject(new TypeError('network')))
    await expect(http.get('/me')).rejects.toBeInstanceOf(Unreachable)
  })
})
