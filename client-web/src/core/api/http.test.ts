import { describe, expect, it } from 'vitest'
import { Http, Problem, Unreachable } from '.'

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
  it('sends token, query and JSON', async () => {
    const { http, seen } = rig(() => Response.json({ ok: 1 }))
    await expect(
      http.post(
        '/cases',
        { a: 1 },
        { query: { mine: true, query: undefined }, headers: { 'idempotency-key': 'k' } },
      ),
    ).resolves.toEqual({ ok: 1 })
    expect(seen[0]?.url).toBe('/api/v1/cases?mine=true')
    expect(seen[0]?.init.headers).toEqual({
      accept: 'application/json',
      'idempotency-key': 'k',
      'content-type': 'application/json',
      authorization: 'Bearer T',
    })
    expect(seen[0]?.init.body).toBe('{"a":1}')
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
