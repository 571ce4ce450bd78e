import { describe, expect, it } from 'vitest'
import { residue, wipeStorage } from './wipe'
import type { Places } from './wipe'

function storage(entries: Record<string, string>): Storage {
  const map = new Map(Object.entries(entries))
  return {
    get length() {
      return map.size
    },
    key: (n) => [...map.keys()][n] ?? null,
    clear: () => map.clear(),
    getItem: (k) => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: (k) => void map.delete(k),
  }
}

describe('wiping', () => {
  it('leaves the device key and nothing else', async () => {
    let databases = ['cloud-window-terminal', 'other']
    let caches = ['cloud-window-shell-1', 'pictures']
    const places: Places = {
      local: storage({ a: '1' }),
      session: storage({ b: '2' }),
      databases: async () => databases.map((name) => ({ name })),
      dropDatabase: (name) => void (databases = databases.filter((d) => d !== name)),
      caches: async () => caches,
      dropCache: async (name) => {
        caches = caches.filter((c) => c !== name)
        return true
      },
    }
    expect(await residue(places)).toEqual(['local:a', 'session:b', 'database:other', 'cache:pictures'])
    await wipeStorage(places)
    expect(await residue(places)).toEqual([])
    expect(databases).toEqual(['cloud-window-terminal'])
    expect(caches).toEqual(['cloud-window-shell-1'])
  })
})
